import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../../api/fault.ts';
import { say } from '../../../../api/words.ts';
import { ensureFolder } from '../../../../system/files.ts';
import { keyfile } from '../../keyfile.ts';
import { applyKept, switchTo, writeKept } from '../kept.ts';
import { managementText } from '../management.ts';
import { DISK_PROFILES, MEMORY_PROFILES, type NetworkPlaces } from '../places.ts';
import { newLink } from '../plan/edit.ts';
import { asideNow, copyAside } from './aside.ts';
import { leaveIfupdown } from './ifupdown.ts';
import { linksInForce, managerForReset, probe, runningManager } from './links.ts';
import { type ResetStep, topOf } from './step.ts';

/**
 * Needs nothing of what is there but its files' names: unreadable profiles are copied and set aside like others.
 * Settles when the link has its address. @throws what stood against that; the files are in place by then.
 */
export async function reset(places: NetworkPlaces, step: ResetStep): Promise<void> {
  await probe(step);
  await ensureFolder(DISK_PROFILES);
  await copyAside(step.copy);
  const aside = await asideNow();
  const profiles = step.links.map((link): [string, string] => [
    join(DISK_PROFILES, `${link.name}-reset.nmconnection`),
    keyfile(link, { uuid: link.uuid }),
  ]);
  const management = await managementText(places.nodeIni, {
    link: topOf(step),
    ...(step.address === undefined ? {} : { address: step.address }),
  });
  await writeKept(places, {
    id: step.id,
    time: Date.now(),
    who: step.who ?? 'reset',
    title: say(`Emergency reset to ${topOf(step)}`, `紧急重置为 ${topOf(step)}`),
    why: step.why ?? '',
    difference: [`copy of what was: ${step.copy}`],
    state: { links: step.links.map((link) => ({ ...newLink(link.name, link.kind), ...link })) },
    removed: aside.removed.filter((path) => !profiles.some(([own]) => own === path)),
    files: {
      ...Object.fromEntries(profiles),
      ...aside.files,
      ...(management === undefined ? {} : { [places.nodeIni]: management }),
    },
  });
  await switchTo(places, step.id);
  await putInForce(places, step).catch((thrown) => {
    throw notInForce(step, thrown);
  });
}

/** What stood against it is no undoing: the new profile is there. */
function notInForce(step: ResetStep, cause: unknown): Fault {
  const { kind, words } = Fault.from(cause);
  const next = say(
    `the reset is made all the same: only ${topOf(step)} has a profile; copy of what was: ${step.copy}`,
    `重置已完成：仅 ${topOf(step)} 保留配置；原配置副本：${step.copy}`,
  );
  return new Fault(kind, words, { next, cause });
}

async function putInForce(places: NetworkPlaces, step: ResetStep): Promise<void> {
  await filesInForce(places, step);
  const manager = await managerForReset(step);
  try {
    await linksInForce(manager, step, { addressed: true });
  } finally {
    manager.close();
  }
}

/** After a crash: a NetworkManager that does not run yet will read the files by itself. Waits for no address. */
export async function finishReset(places: NetworkPlaces, step: ResetStep): Promise<void> {
  await filesInForce(places, step);
  const running = await runningManager();
  if (running === undefined) return;
  running.close();
  const manager = await managerForReset(step);
  try {
    await linksInForce(manager, step);
  } finally {
    manager.close();
  }
}

async function filesInForce(places: NetworkPlaces, step: ResetStep): Promise<void> {
  // While its files still tell how.
  if (step.restarts) await leaveIfupdown();
  await applyKept(places);
  await forgetMemory();
}

/** Profiles in memory go, but those by which NetworkManager shows what others set up: without, it would tear that down. */
async function forgetMemory(): Promise<void> {
  for (const name of await readdir(MEMORY_PROFILES).catch(() => [])) {
    const path = join(MEMORY_PROFILES, name);
    const text = await readFile(path, 'utf8').catch(() => '');
    if (!/^external=true$/m.test(text)) await rm(path, { force: true });
  }
}
