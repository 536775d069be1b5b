import { symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor, Plan, Step } from '../../api/plan.ts';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { mustRun } from '../../system/exec.ts';
import { ensureFolder, readText, removeTree } from '../../system/files.ts';
import type { Service } from '../../system/service.ts';
import { readGuests } from './guests.ts';
import { checkBios, checkUefi, layBios, layUefi } from './loaders.ts';
import { readMedium } from './medium.ts';
import { guestFiles, KERNEL, KICKSTARTS, type PxePlaces, pxeFiles, TFTP } from './plan/pxe-files.ts';
import type { Asking, PxeSettings, PxeState } from './schema/pxe.ts';

export interface PxeParts {
  places: PxePlaces;
  /** Folder of the machines' records. */
  machines: string;
  /** Of what is installed on machines that the cluster keeps. */
  provisioned: string;
  service: Pick<Service, 'standing' | 'start' | 'stop'> & {
    /** It reads anew which machines it answers. */
    reload(): Promise<void>;
    /** Whom it gave no answer. */
    asking(): Promise<Asking[]>;
  };
}

export interface StartPxe extends Step {
  readonly type: 'bareMetal.startPxe';
  readonly settings: PxeSettings;
}

const LIMIT = 64 * 1024;
const RIGHTS_MILLISECONDS = 30_000;

export const startPlan = (settings: PxeSettings): Plan<StartPxe> => {
  const { nic, address, prefix, first, last } = settings;
  const words = say(
    `install machines over the network on ${nic} (${address}/${prefix}), which get ${first} to ${last}`,
    `在 ${nic}（${address}/${prefix}）上通过网络安装机器，分配 ${first} 到 ${last}`,
  );
  return { title: words, steps: [{ type: 'bareMetal.startPxe', settings, words }], warnings: [] };
};

/** It does not outlive this node's next start: its folder is in memory. */
export const startPxeService = (parts: PxeParts): Executor<StartPxe> => ({
  rebootMends: true,
  async apply({ settings }) {
    await lay(parts, settings);
    await parts.service.start();
  },
  undo: () => parts.service.stop(),
  settle: async () => ((await parts.service.standing()) === 'stopped' ? 'not done' : 'done'),
});

async function lay(parts: PxeParts, settings: PxeSettings): Promise<void> {
  const { places } = parts;
  const { generation } = await readMedium(places.medium);
  const tftp = join(places.folder, TFTP);
  await removeTree(tftp);
  await ensureFolder(tftp);
  if (isGood(await reading(() => checkBios()))) await layBios(tftp);
  if (isGood(await reading(() => checkUefi(places.medium)))) await layUefi(places.medium, tftp);
  await symlink(join(places.medium, 'images/pxeboot'), join(tftp, KERNEL));
  await write(places.folder, pxeFiles(settings, places, generation));
  await layGuests(parts, settings, generation);
}

/** Lays out what the machines are answered now, and has the service know of it, where it runs. */
export async function machinesChanged(parts: PxeParts): Promise<void> {
  if ((await parts.service.standing()) === 'stopped') return;
  const laid = await readLaid(parts.places);
  if (laid === undefined) return;
  await layGuests(parts, laid.settings, laid.generation);
  await parts.service.reload();
}

async function layGuests(parts: PxeParts, settings: PxeSettings, generation: number): Promise<void> {
  const { folder } = parts.places;
  for (const name of [KICKSTARTS, `${TFTP}/machines`]) await removeTree(join(folder, name));
  await write(folder, guestFiles(await readGuests(parts), settings, parts.places, generation));
  // Whom it is for tells the folder's group.
  const timeout = RIGHTS_MILLISECONDS;
  await mustRun(['chgrp', '-R', '-h', `--reference=${folder}`, folder], { timeout });
  await mustRun(['chmod', '-R', 'u=rwX,g=rX,o=', folder], { timeout });
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await ensureFolder(dirname(join(folder, name)));
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
}

async function readLaid({
  folder,
}: PxePlaces): Promise<{ settings: PxeSettings; generation: number } | undefined> {
  const text = await readText(join(folder, 'settings.json'), LIMIT);
  return text === undefined ? undefined : JSON.parse(text);
}

/** On which NIC it runs. Throws `conflict` while it does not. */
export async function runningSettings(parts: PxeParts): Promise<PxeSettings> {
  const { state, settings } = await pxeState(parts);
  if (state !== 'stopped' && settings !== undefined) return settings;
  throw new Fault('conflict', say('the PXE service does not run', 'PXE 服务未运行'), {
    next: say(
      'start it: F2, Bare Metal, F3; or zstack-ctl start_pxe --nic NIC',
      '请启动：F2，裸机，F3；或 zstack-ctl start_pxe --nic NIC',
    ),
  });
}

export async function pxeState({ places, service }: PxeParts): Promise<PxeState> {
  const [state, laid] = [await service.standing(), await readLaid(places)];
  return {
    state,
    ...(state === 'stopped' || laid === undefined ? {} : { settings: laid.settings }),
    medium: await reading(async () => (await readMedium(places.medium)).name),
    bios: toTrue(await reading(checkBios)),
    uefi: toTrue(await reading(() => checkUefi(places.medium))),
    asking: state === 'stopped' ? known([]) : await reading(() => service.asking()),
  };
}

const isGood = (found: Reading<unknown>): boolean => found.state === 'known';
const toTrue = (found: Reading<unknown>): Reading<true> => (found.state === 'unknown' ? found : known(true));

async function reading<T>(read: () => T | Promise<T>): Promise<Reading<T>> {
  try {
    return known(await read());
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}
