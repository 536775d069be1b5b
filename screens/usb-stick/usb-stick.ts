import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { CopiedToStick, copyToStick, listSticks, Stick } from '../../src/node/logs/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Binding, Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { followJob } from '../job/job.ts';

const LABEL = say('Copy the logs to a USB stick', '将日志复制到 U 盘');
const LIST = reference<typeof listSticks>('logs.listSticks');
const COPY = reference<typeof copyToStick>('logs.copyToStick');

/** For the screens of logs: without a network the archive leaves the node on a stick. */
export const stickKey = (context: Context): Binding => ({
  keys: ['f4'],
  label: say('USB stick', 'U 盘'),
  help: say('copies the newest archive of collected logs to a USB stick', '将最新的日志包复制到 U 盘'),
  run: () => void open(context),
});

async function open(context: Context): Promise<void> {
  try {
    let sticks = await context.controller().call(LIST, {});
    const look = async () => {
      sticks = await context.controller().call(LIST, {});
      context.stage.refresh();
    };
    context.stage.open(
      list<Stick>({
        title: LABEL,
        notes: [
          say(
            'The newest archive of collected logs is copied and read back; the stick can be pulled out afterwards.',
            '复制最新的日志包并读回校验，完成后即可拔出 U 盘。',
          ),
        ],
        rows: () => sticks,
        row: stickRow,
        open: (stick) => ask(context, stick),
        openLabel: say('Copy', '复制'),
        keys: () => [
          {
            keys: ['f3'],
            label: say('Look again', '重新查找'),
            help: say('looks for sticks once more', '重新查找 U 盘'),
            run: () =>
              void look().catch((thrown) => context.stage.open(faultMessage(Fault.from(thrown), LABEL))),
          },
        ],
        empty: say('No stick is plugged in: plug one in and press F3.', '未插入 U 盘：请插入后按 F3。'),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

const stickRow = ({ device, model, size, type, label, problem }: Stick, look: Look): Line => [
  ...fitLine([span(device)], 12),
  ...fitLine([span(bytes(size))], 7),
  ...fitLine([span(type ?? '')], 7),
  ...fitLine([span([model, label].filter(Boolean).join(' '))], 22),
  ...(problem === undefined ? [] : [span(`! ${look.say(problem)}`, 'warn')]),
];

function ask(context: Context, { device, model, size, problem }: Stick): void {
  if (problem !== undefined) {
    const words = say(`${device}: ${problem.en}`, `${device}：${problem.zh}`);
    context.stage.open(faultMessage(new Fault('conflict', words), LABEL));
    return;
  }
  const name = `${device}  ${model}  ${bytes(size)}`;
  context.stage.open(
    confirm({
      title: LABEL,
      lines: [say(name, name), say('What is on it stays.', 'U 盘上已有内容不受影响。')],
      yes: () => void copy(context, device),
    }),
  );
}

const copy = (context: Context, device: string): Promise<void> =>
  followJob<CopiedToStick>(context, COPY, () => context.controller().start(COPY, { device }), {
    title: LABEL,
    told: summary,
    done: say('The stick can be pulled out.', '可以拔出 U 盘。'),
  });

const summary = ({ name, size }: CopiedToStick): (Words | Line)[] => [
  [span(name)],
  say(`${bytes(size)} copied and read back`, `已复制并校验 ${bytes(size)}`),
];
