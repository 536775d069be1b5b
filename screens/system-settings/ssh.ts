import { latestOf, type Reading } from '../../src/api/reading.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { Ssh } from '../../src/node/system-settings/schema.ts';
import { list } from '../../src/tui/list.ts';
import type { Page } from '../../src/tui/page.ts';
import { span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { proposeNow } from './make.ts';

const SSH = say('SSH', 'SSH');

/** Host keys to compare with what a client shows, who is in, and turning it on or off. */
export function sshPage(context: Context, reading: Reading<Ssh>, then: () => void): Page {
  const ssh = latestOf(reading);
  const page: Page = list<boolean>({
    title: SSH,
    notes: (look) => [
      [span(look.say(say('Host keys', '主机密钥')), 'label')],
      ...rowsOf(ssh?.fingerprints, NO_KEYS).map((words) => [span(`  ${look.say(words)}`)]),
      [span(look.say(say('Logged in from', '已登录来源')), 'label')],
      ...rowsOf(ssh?.sessions, NOBODY).map((words) => [span(`  ${look.say(words)}`)]),
    ],
    rows: () => [!(ssh?.on ?? false)],
    row: (on, look) => [
      span(look.say(on ? say('Turn SSH on', '启用 SSH') : say('Turn SSH off', '停用 SSH'))),
    ],
    open: (on) => {
      context.stage.close(page);
      void proposeNow(context, { kind: 'ssh', on }, then);
    },
    openLabel: say('Show the plan', '查看计划'),
    empty: say('none', '无'),
  });
  return page;
}

const NO_KEYS = say('none yet: they are made at the first start of SSH', '尚无：首次启动 SSH 时生成');
const NOBODY = say('nobody', '无人');

const rowsOf = (rows: readonly string[] | undefined, none: Words): Words[] =>
  rows === undefined || rows.length === 0 ? [none] : rows.map(same);
