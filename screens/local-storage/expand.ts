import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type {
  Expanded,
  expandStorage,
  LocalDisk,
  LocalStorage,
  planExpansion,
} from '../../src/node/storage/expand/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Look } from '../../src/tui/page.ts';
import { phrase } from '../../src/tui/phrase.ts';
import type { Before } from '../../src/tui/plan-view.ts';
import { fitLine, type Line, span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { followJob } from '../job/job.ts';
import { told } from '../menu/values.ts';

const PLAN = reference<typeof planExpansion>('storage.planExpand');
export const EXPAND = reference<typeof expandStorage>('storage.expand');

interface Wanted {
  storage: string;
  device: string;
  erase: string;
}

/** Shows all disks, with what stands against each; Enter shows the plan. */
export function askDisk(
  context: Context,
  { storage, path }: LocalStorage,
  disks: readonly LocalDisk[],
  after: () => Promise<void>,
): void {
  const title = say(`A disk for ${path}`, `${path} 的磁盘`);
  const page = list<LocalDisk>({
    title,
    rows: () => disks,
    row: diskRow,
    open: async ({ device, inUse }) => {
      try {
        if (inUse !== undefined) throw new Fault('conflict', told(same(device), inUse));
        const wanted = { storage, device, erase: device.slice(device.lastIndexOf('/') + 1) };
        const plan = await context.controller().call(PLAN, wanted);
        context.stage.close(page);
        confirmPlan(context, wanted, plan, after);
      } catch (thrown) {
        context.stage.open(faultMessage(Fault.from(thrown), title));
      }
    },
    openLabel: say('Show the plan', '查看步骤'),
    empty: say('no disks', '没有磁盘'),
  });
  context.stage.open(page);
}

const EMPTY = say('empty', '空');

function diskRow({ device, model, size, holds, inUse }: LocalDisk, look: Look): Line {
  const on = holds.map((words) => look.say(words).trim()).join(', ');
  const about = inUse ?? (holds.length === 0 ? EMPTY : say(`holds ${on}`, `已有 ${on}`));
  return [
    ...fitLine([span(device)], 16),
    ...fitLine([span(bytes(size))], 7),
    ...fitLine([span(model)], 18),
    span(look.say(about), inUse !== undefined ? 'dim' : holds.length === 0 ? 'good' : 'warn'),
  ];
}

/** The name of the disk is typed, whether it holds something or not. */
function confirmPlan(
  context: Context,
  wanted: Wanted,
  plan: ShownPlan,
  after: () => Promise<void>,
  before?: Before,
): void {
  const lines = (look: Look, columns: number): Line[] => [
    ...(before === undefined ? [] : wrap(look.say(before.words), columns, 'warn')),
    ...plan.steps.flatMap(({ words }, index) => wrap(`${index + 1}. ${look.say(words)}`, columns)),
    ...plan.warnings.flatMap((words) => wrap(`! ${look.say(words)}`, columns, 'warn')),
  ];
  const yes = (why: string) => {
    const begin = () => context.controller().start(EXPAND, { ...wanted, why, seen: plan.digest });
    const moved = (now: ShownPlan, words: Words) => confirmPlan(context, wanted, now, after, { words, why });
    void follow(context, begin, plan.title, moved).then(after, () => undefined);
  };
  const why = before?.why ?? '';
  context.stage.open(phrase({ title: plan.title, lines, phrase: wanted.erase, danger: true, why, yes }));
}

/** Follows an expansion. @param begin absent: one runs already */
export function follow(
  context: Context,
  begin: (() => Promise<{ job: string }>) | undefined,
  title: Words,
  moved?: (plan: ShownPlan, words: Words) => void,
): Promise<void> {
  const none = () => Promise.reject(new Fault('conflict', say('it has ended', '已结束')));
  return followJob<Expanded>(context, EXPAND, begin ?? none, {
    title,
    told: summary,
    ...(moved && { moved }),
    done: say('The storage is on its new disk.', '存储已位于新磁盘。'),
  });
}

const summary = ({ files, bytes: compared, old, total, free, untold }: Expanded): (Words | Line)[] => [
  say(
    `files compared to the last byte: ${files} (${bytes(compared)})`,
    `已逐字节比较 ${files} 个文件，${bytes(compared)}`,
  ),
  say(`now ${bytes(free)} of ${bytes(total)} free`, `现共 ${bytes(total)}，可用 ${bytes(free)}`),
  ...('folder' in old
    ? [
        say(
          'The old files are kept; when all is well, F4 removes them:',
          '旧文件已保留；确认无误后按 F4 删除：',
        ),
        same(`  ${old.folder}`),
      ]
    : [
        say(
          `${old.device} is no longer used; its copy of the files stays. Take it out, or choose it for a storage: that erases it.`,
          `${old.device} 不再使用，其中的文件副本保留。可取出，或为存储选用它（届时清除）。`,
        ),
      ]),
  ...(untold === undefined
    ? []
    : [
        say(
          `! this host is still in maintenance, since the cluster could not be told: ${untold.en}`,
          `! 无法通知集群，本主机仍处于维护模式：${untold.zh}`,
        ),
      ]),
];
