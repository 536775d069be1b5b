import { say } from '../../../src/api/words.ts';
import type { Look } from '../../../src/tui/page.ts';
import { type Span, span } from '../../../src/tui/text.ts';
import { clockTime, day, duration } from '../../format.ts';
import { type Block, fill, type Row } from '../block.ts';
import { figure } from '../figures.ts';
import { labelled } from '../labelled.ts';
import type { NodeModel } from '../model.ts';
import { TIME_LABEL_COLUMNS, usageRows } from './usage.ts';

/**
 * TIME INFO: uptime, boot time, load averages and whether the clock follows NTP (the time of now is in the title
 * row), and below it CPU USAGE and MEM USAGE.
 */
export const timeBlock: Block = {
  title: say('TIME', '时间'),
  least: () => 6,
  most: () => 6,
  wraps: true,
  draw: (model, room, look) => fill([...timeRows(model, look), ...usageRows(model, room, look)], room),
};

function timeRows(model: NodeModel, look: Look): Row[] {
  const clock = model.facts.clock;
  const row = (en: string, zh: string, value: Span[]) =>
    labelled(say(en, zh), value, look, TIME_LABEL_COLUMNS);
  return [
    row(
      'Up',
      '运行',
      figure(clock?.bootTime, look, (boot) => duration((look.now - boot) / 1000)),
    ),
    row(
      'Booted',
      '启动于',
      figure(clock?.bootTime, look, (boot) => `${day(boot)} ${clockTime(boot)}`),
    ),
    row(
      'Load',
      '负载',
      figure(clock?.load, look, (load) => load.map((one) => one.toFixed(2)).join(' ')),
    ),
    row('Clock', '时钟', [
      ...figure(clock?.synced, look, (synced) => syncedSpans(synced, look)),
      zone(clock?.zone),
    ]),
  ];
}

const syncedSpans = (synced: boolean, look: Look): Span[] =>
  synced
    ? [span(look.say(say('in sync', '已同步')), 'good')]
    : [span(look.say(say('! not in sync (NTP)', '! 未同步 (NTP)')), 'warn')];

const zone = (name: string | undefined): Span => span(name === undefined ? '' : `  ${name}`, 'dim');
