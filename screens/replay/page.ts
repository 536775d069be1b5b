import { say } from '../../src/api/words.ts';
import type { Binding, Page, Stage } from '../../src/tui/page.ts';
import { fitLine, line } from '../../src/tui/text.ts';
import { clockTime, day } from '../format.ts';
import { pictureAfter, type Recorded, wordsOf } from './recording.ts';

/** Pauses of the recording are cut to this. */
const LONGEST_PAUSE_MS = 1000;
const MANY = 100;

/** Shows a recording: the screen as it was, and below it what happened. */
export function replayPage(events: readonly Recorded[], leave: () => void): Page {
  let stage: Stage | undefined;
  let at = 0;
  let top = 0;
  let timer: NodeJS.Timeout | undefined;

  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const goTo = (index: number) => {
    at = Math.max(0, Math.min(events.length - 1, index));
    stage?.refresh();
  };
  const step = (by: number) => () => {
    stop();
    goTo(at + by);
  };
  const toKey = (by: 1 | -1) => () => {
    stop();
    let index = at + by;
    while (index > 0 && index < events.length - 1 && !('key' in (events[index] ?? {}))) index += by;
    goTo(index);
  };
  const play = () => {
    const pause = (events[at + 1]?.at ?? 0) - (events[at]?.at ?? 0);
    if (at >= events.length - 1) return stop();
    timer = setTimeout(
      () => {
        goTo(at + 1);
        play();
      },
      Math.max(0, Math.min(LONGEST_PAUSE_MS, pause)),
    );
  };
  const bound = (
    keys: string[],
    en: string,
    zh: string,
    run: () => void,
    label?: Binding['label'],
  ): Binding => ({
    keys,
    help: say(en, zh),
    run,
    ...(label !== undefined && { label }),
  });

  return {
    kind: 'screen',
    title: say('Recording', '记录'),
    opened(on) {
      stage = on;
    },
    closed: stop,
    draw(area) {
      const event = events[at];
      const rows = pictureAfter(events, at);
      const height = area.rows - 1;
      top = Math.max(0, Math.min(top, rows.length - height));
      const when = event === undefined ? '' : `${day(event.at)} ${clockTime(event.at)}`;
      const words = event === undefined ? '' : wordsOf(event);
      const status = line(` ${at + 1}/${events.length}  ${when}  ${words}`, 'selected');
      const shown = Array.from({ length: height }, (_, row) => line(rows[top + row] ?? ''));
      return { lines: [...shown, fitLine(status, area.columns)] };
    },
    bindings: () => [
      bound(
        ['space'],
        'play, or stop (pauses are cut to a second)',
        '播放或停止（停顿最长一秒）',
        () => (timer === undefined ? play() : stop()),
        timer === undefined ? say('Play', '播放') : say('Stop', '停止'),
      ),
      bound(['right', 'l'], 'next event', '下一事件', step(1), say('Next', '下一个')),
      bound(['left', 'h'], 'event before', '上一事件', step(-1), say('Back', '上一个')),
      bound(['n'], 'next key', '下一次按键', toKey(1), say('Next key', '下一按键')),
      bound(['p'], 'key before', '上一次按键', toKey(-1)),
      bound(['pagedown'], 'a hundred events on', '后一百个事件', step(MANY)),
      bound(['pageup'], 'a hundred events back', '前一百个事件', step(-MANY)),
      bound(['home'], 'to the first event', '第一个事件', step(-events.length)),
      bound(['end'], 'to the last event', '最后一个事件', step(events.length)),
      bound(['down', 'j'], 'see the rows below', '向下滚动', () => void top++),
      bound(['up', 'k'], 'see the rows above', '向上滚动', () => void top--),
      bound(['q', 'escape', 'C-c'], 'leave', '退出', leave, say('Leave', '退出')),
    ],
  };
}
