import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type {
  Expanded,
  expandStorage,
  LocalDisk,
  LocalStorage,
  planExpansion,
  readExpansion,
  removeOldStorage,
} from '../../node/storage/expand/schema.ts';
import { agreed } from '../agreed.ts';
import { tell } from '../print.ts';
import { needed } from './bare-metal.ts';
import { type CtlCommand, said, text } from './command.ts';

const STORAGE: readonly [string, string] = ['--storage <UUID>', 'which one, as storage_list tells'];

/** Primary storages in folders of this node, and more space for them. */
export const LOCAL_STORAGE_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'storage_list',
    summary: 'primary storages in folders of this node, and its disks with what stands against each',
    options: [],
    run: async (node) => {
      const answer = await node.call<typeof readExpansion>('storage.expansion', {});
      return said(answer, ...answer.storages.map(storageLine), ...answer.disks.flatMap(diskLines));
    },
  },
  {
    name: 'storage_expand',
    summary:
      'put a primary storage with all its files onto a disk of its own, or from that onto another; shows the plan and asks',
    options: [
      STORAGE,
      ['--disk <DEVICE>', 'such as /dev/sdb'],
      ['--erase <NAME>', 'name of a disk that holds something, such as sdb: that is lost'],
      ['--yes', 'does not ask'],
    ],
    names: { storage: '--storage', device: '--disk', erase: '--erase' },
    run: async (node, given) => {
      const erase = text(given, 'erase');
      const wanted = {
        ...{ storage: needed(given, 'storage', '--storage'), device: needed(given, 'disk', '--disk') },
        ...(erase === undefined ? {} : { erase }),
      };
      const plan = await node.call<typeof planExpansion>('storage.planExpand', wanted);
      const steps = plan.steps.map(({ words }, at) => `${at + 1}. ${words.en}`);
      const lines = [plan.title.en, ...steps, ...plan.warnings.map(({ en }) => `! ${en}`)];
      tell(lines.join('\n'));
      if (given.yes !== true) await asked();
      const order = { ...wanted, seen: plan.digest };
      const answer = await node.long<typeof expandStorage>('storage.expand', order);
      return said(answer, ...expandedLines(answer));
    },
  },
  {
    name: 'storage_remove_old',
    summary: 'remove the files that a storage was copied from; there is no way back to them then',
    options: [STORAGE],
    names: { storage: '--storage' },
    run: async (node, given) => {
      const storage = needed(given, 'storage', '--storage');
      const answer = await node.long<typeof removeOldStorage>('storage.removeOld', { storage });
      return said(answer, `removed: ${answer.bytes} bytes`);
    },
  },
];

async function asked(): Promise<void> {
  if (!process.stdin.isTTY) throw new Fault('usage', same('--yes is needed where nobody can be asked'));
  if (await agreed('Carry it out? (y/N) ', { output: process.stderr })) return;
  throw new Fault('conflict', same('nothing was done'));
}

const storageLine = ({ storage, path, total, free, old, problem }: LocalStorage): string =>
  [
    `${storage}  ${path}  ${free} of ${total} bytes free`,
    ...(old === undefined ? [] : [`old files in ${old.path}: ${old.bytes} bytes`]),
    ...(problem === undefined ? [] : [problem.en]),
  ].join('  ');

const diskLines = ({ device, model, size, holds, inUse, formerly }: LocalDisk): string[] => {
  const on = holds.length === 0 ? 'empty' : `holds ${holds.map(({ en }) => en).join(', ')}`;
  return [
    `${device}  ${size}  ${model}  ${inUse?.en ?? on}`,
    ...(formerly === undefined
      ? []
      : [`the old copy of ${formerly.path} is on ${formerly.device}, which it no longer uses`]),
  ];
};

const expandedLines = ({ files, bytes, old, total, free, untold }: Expanded): string[] => [
  `files compared to the last byte: ${files} (${bytes} bytes); ${free} of ${total} bytes free now`,
  'folder' in old
    ? `the old files are in ${old.folder}; zstack-ctl storage_remove_old removes them`
    : `${old.device} is no longer used, and its copy of the files stays: take it out, or use it anew with --erase`,
  ...(untold === undefined
    ? []
    : [`! still in maintenance, since the cluster could not be told: ${untold.en}`]),
];
