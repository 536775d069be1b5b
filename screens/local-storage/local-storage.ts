import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type {
  Expansion,
  LocalDisk,
  LocalStorage,
  readExpansion,
  removeOldStorage,
} from '../../src/node/storage/expand/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Binding, Look } from '../../src/tui/page.ts';
import { phrase } from '../../src/tui/phrase.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { followJob, runningJob } from '../job/job.ts';
import type { Entry } from '../menu/entry.ts';
import { latestChange, told } from '../menu/values.ts';
import { askDisk, EXPAND, follow } from './expand.ts';

const LABEL = say('Local Storage', '本地存储');
const READ = reference<typeof readExpansion>('storage.expansion');
const REMOVE = reference<typeof removeOldStorage>('storage.removeOld');
const PATH_COLUMNS = 28;

/** Primary storages of this node, and more space for them. */
export const localStorageEntry: Entry = {
  label: LABEL,
  roles: ['management', 'compute', 'storage'],
  help: [
    say(
      'Primary storages in folders of this node; puts one onto a new disk, with its files, step by step.',
      '本节点目录上的主存储；可将其连同文件逐步迁移到新磁盘。',
    ),
  ],
  value: latestChange('storage.'),
  open: (context) => open(context),
};

async function open(context: Context): Promise<void> {
  if (runningJob(context, EXPAND.name) !== undefined) return follow(context, undefined, LABEL);
  try {
    let now = await context.controller().call(READ, {});
    const again = async () => {
      now = await context.controller().call(READ, {});
      context.stage.refresh();
    };
    context.stage.open(storageList(context, () => now, again));
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

const storageList = (context: Context, now: () => Expansion, again: () => Promise<void>) =>
  list<LocalStorage>({
    title: LABEL,
    notes: [
      say(
        'More space: put in a disk, choose the storage, then the disk. Its VMs must be off meanwhile.',
        '扩容：插入磁盘，选择存储，再选择磁盘。期间其云主机须关机。',
      ),
    ],
    rows: () => now().storages,
    row: (storage, look) => storageRow(storage, look, now().disks),
    same: (a, b) => a.storage === b.storage,
    open: (storage) =>
      storage.problem === undefined
        ? askDisk(context, storage, now().disks, again)
        : context.stage.open(
            faultMessage(new Fault('conflict', told(path(storage), storage.problem)), LABEL),
          ),
    openLabel: say('More space', '扩容'),
    keys: (selected) => [lookAgain(context, again), ...removeKey(context, selected(), again)],
    empty: say('no primary storage is in a folder of this node', '本节点没有目录形式的主存储'),
  });

const path = ({ path: at }: LocalStorage): Words => say(at, at);

function storageRow(
  { path: at, total, free, old, problem }: LocalStorage,
  look: Look,
  disks: readonly LocalDisk[],
): Line {
  const left =
    total === 0
      ? say('not available', '不可用')
      : say(`${bytes(free)} of ${bytes(total)} free`, `${bytes(total)}，可用 ${bytes(free)}`);
  const before = disks.find(({ formerly }) => formerly?.path === at)?.formerly?.device;
  const onDisk = before === undefined ? undefined : say(`old copy: ${before}`, `旧副本：${before}`);
  const more =
    old === undefined
      ? (problem ?? onDisk)
      : say(`old files beside it: ${bytes(old.bytes)} (F4)`, `旧文件仍在：${bytes(old.bytes)}（F4）`);
  return [
    ...fitLine([span(at)], PATH_COLUMNS),
    ...fitLine([span(look.say(left), 'label')], PATH_COLUMNS),
    ...(more === undefined ? [] : [span(look.say(more), 'dim')]),
  ];
}

const lookAgain = (context: Context, again: () => Promise<void>): Binding => ({
  keys: ['f3'],
  label: say('Look again', '重新查找'),
  help: say('looks for disks once more', '重新查找磁盘'),
  run: () => void again().catch((thrown) => context.stage.open(faultMessage(Fault.from(thrown), LABEL))),
});

const REMOVING = say('Remove the old files', '删除旧文件');

function removeKey(
  context: Context,
  storage: LocalStorage | undefined,
  again: () => Promise<void>,
): Binding[] {
  const old = storage?.old;
  if (storage === undefined || old === undefined) return [];
  const run = () =>
    context.stage.open(
      phrase({
        title: REMOVING,
        danger: true,
        lines: [
          say(
            `${old.path} goes, with ${bytes(old.bytes)}: what ${storage.path} was copied from. There is no way back to it then.`,
            `将删除 ${old.path}（${bytes(old.bytes)}），即 ${storage.path} 迁移前的文件。删除后无法恢复。`,
          ),
        ],
        phrase: 'remove',
        yes: (why) => void remove(context, storage.storage, why).then(again),
      }),
    );
  return [{ keys: ['f4'], label: REMOVING, help: REMOVING, run }];
}

const remove = (context: Context, storage: string, why: string): Promise<void> =>
  followJob<{ bytes: number }>(context, REMOVE, () => context.controller().start(REMOVE, { storage, why }), {
    title: REMOVING,
    told: () => [],
    done: say('The old files are gone.', '旧文件已删除。'),
  });
