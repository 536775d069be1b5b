import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { implement, type Run } from '../../../api/action.ts';
import { Fault } from '../../../api/fault.ts';
import { type Feature, feature } from '../../../api/feature.ts';
import type { Plan } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import { mustRun } from '../../../system/exec.ts';
import { removeTree } from '../../../system/files.ts';
import { roomIn, type Storages } from '../local/storages.ts';
import { copyFiles, type ExpansionGiven, formatDisk, mountDisk, proveCopy } from './apply.ts';
import { readDisks } from './disks.ts';
import { checkUnused } from './holders.ts';
import { type OwnHost, reconnectHost, restHost } from './host.ts';
import { leaveDisk } from './leave.ts';
import { lyingOf } from './own.ts';
import { type Places, placesOf } from './places.ts';
import { type ExpansionStep, expansionPlan } from './plan.ts';
import { bytesIn, expansionNow, noOld, oldOf } from './read.ts';
import {
  type Expanded,
  expandStorage,
  type LocalDisk,
  planExpansion,
  readExpansion,
  removeOldStorage,
  type WantedExpansion,
} from './schema.ts';
import { bindDisk, moveAside, writeFstab } from './switch.ts';

export interface ExpansionParts {
  storages: Storages;
  places: Places;
  host: OwnHost;
}

/** More space for local storages. */
export function expansionFeature(parts: ExpansionParts): Feature {
  const { storages, places, host } = parts;
  return feature<ExpansionStep, ExpansionGiven>({
    actions: [
      implement(readExpansion, () => expansionNow(storages, places)),
      implement(planExpansion, async (wanted, run) => run.show((await prepared(parts, wanted)).plan)),
      implement(expandStorage, (wanted, run) => expand(parts, wanted, run)),
      implement(removeOldStorage, async ({ storage }) => {
        const path = await storages.pathOf(storage);
        const old = await oldOf(places, path);
        if (old === undefined) throw await noOld(places, path);
        const bytes = await bytesIn(old);
        await removeTree(old);
        return { bytes };
      }),
    ],
    executors: {
      'expand.rest': restHost(host),
      'expand.format': formatDisk(places),
      'expand.mount': mountDisk(places),
      'expand.copy': copyFiles(places),
      'expand.prove': proveCopy(places),
      'expand.aside': moveAside(places),
      'expand.leave': leaveDisk(places),
      'expand.bind': bindDisk(places),
      'expand.keep': writeFstab(places),
      'expand.reconnect': reconnectHost(host, storages),
    },
  });
}

interface Prepared {
  plan: Plan<ExpansionStep>;
  /** Bytes that the storage's files take. */
  used: number;
  old: Expanded['old'];
}

async function expand(
  parts: ExpansionParts,
  wanted: WantedExpansion,
  run: Run<never, ExpansionStep, ExpansionGiven>,
): Promise<Expanded> {
  const { plan, used, old } = await prepared(parts, wanted);
  const told: Partial<Expanded> = { old };
  await run.carryOut(plan, { told, used, progress: run.progress });
  return { files: 0, bytes: 0, old, total: 0, free: 0, ...told };
}

/** All that can be seen beforehand, in the order in which a person would ask. */
async function prepared(parts: ExpansionParts, wanted: WantedExpansion): Promise<Prepared> {
  const { storages, places, host } = parts;
  const { storage, device, erase } = wanted;
  const path = await storages.pathOf(storage);
  const { own, problem } = existsSync(path)
    ? await lyingOf(places, path)
    : { problem: say('it is not there', '不存在') };
  if (problem !== undefined) throw wrong('storage', path, problem);
  await mustRun(['mkfs.xfs', '-V'], { timeout: 10_000 });
  const disk = usable(await readDisks(places), device, erase);
  const { total } = await roomIn(path);
  const used = await bytesIn(path);
  const least = Math.max(LEAST_DISK, used + Math.max(LEAST_SPARE, used * SPARE));
  if (disk.size < least) throw wrong('device', device, tooSmall(least));
  for (const at of own?.at ?? [path]) await checkUnused(at);
  const id = randomUUID();
  const old = own === undefined ? { folder: placesOf(places, path, id).old } : { device: own.device };
  const joined = await host.isJoined();
  return { plan: expansionPlan({ id, storage, path, total, disk, joined, own }), used, old };
}

function usable(disks: readonly LocalDisk[], device: string, erase: string | undefined): LocalDisk {
  const disk = disks.find((each) => each.device === device);
  if (disk === undefined)
    throw new Fault('notFound', say(`there is no disk ${device}`, `没有磁盘 ${device}`), { field: 'device' });
  if (disk.inUse !== undefined) throw wrong('device', device, disk.inUse);
  const name = device.slice(device.lastIndexOf('/') + 1);
  const [held] = disk.holds;
  if (held !== undefined && erase !== name)
    throw wrong(
      'erase',
      device,
      say(
        `it holds ${held.en}: only its name, ${name}, gives that up`,
        `其上有${held.zh}：须输入其名称 ${name} 才可清除`,
      ),
    );
  return disk;
}

/** XFS makes no smaller ones, and keeps something for itself. */
const LEAST_DISK = 300 * 2 ** 20;
const LEAST_SPARE = 128 * 2 ** 20;
const SPARE = 0.03;
const MEBIBYTE = 2 ** 20;

const tooSmall = (least: number): Words => {
  const size = `${Math.ceil(least / MEBIBYTE)} MiB`;
  return say(`too small: ${size} are needed`, `太小：至少需要 ${size}`);
};

const wrong = (field: string, what: string, { en, zh }: Words): Fault =>
  new Fault('conflict', say(`${what}: ${en}`, `${what}：${zh}`), { field });
