import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { guardRestartController, settingTroubles } from '../../src/guard/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { faultMessage } from '../../src/tui/message.ts';
import { wrap } from '../../src/tui/text.ts';
import type { Access } from '../access/session.ts';
import type { Context } from '../context.ts';
import { clockTime } from '../format.ts';
import type { Entry } from '../menu/entry.ts';

const RESTART = reference<typeof guardRestartController>('guard.restartController');
const TROUBLES = reference<typeof settingTroubles>('guard.settingTroubles');
const LABEL = say('Restart the Controller', '重启控制器');

/** Only there while the controller does not answer: guard restarts it, and the console joins it again by itself. */
export const restartControllerEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'The controller does not answer: nothing can be changed until it does. VMs and networks go on meanwhile.',
      '控制器没有应答：在恢复之前无法修改任何配置。云主机与网络不受影响。',
    ),
  ],
  when: (model) => model.link.state === 'lost',
  value: ({ link }, look, columns) =>
    link.state === 'lost' ? wrap(`${clockTime(link.since)}: ${look.say(link.why)}`, columns, 'bad') : [],
  async open(context, access) {
    const lines = [...(await whatIsWrong(context)), CONSEQUENCE];
    context.stage.open(confirm({ title: LABEL, lines, yes: () => void restart(context, access) }));
  },
};

const CONSEQUENCE = say(
  'A change that was under way is finished or undone when it is back.',
  '未完成的修改将在恢复后完成或撤销。',
);

/** Why the controller ended, and what of the node's settings makes no sense, as guard sees it. */
async function whatIsWrong(context: Context): Promise<Words[]> {
  const { link } = context.model;
  const why = link.state === 'lost' ? [link.why] : [];
  const found = await context.guard((guard) => guard.call(TROUBLES, {})).catch(() => undefined);
  return [...why, ...(found?.troubles ?? [])];
}

async function restart(context: Context, access: Access): Promise<void> {
  try {
    await context.guard((guard) => guard.call(RESTART, { ticket: access.ticket }));
    context.stage.home();
    access.end();
    context.stage.notice(say('the controller was restarted', '控制器已重启'), 'good');
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}
