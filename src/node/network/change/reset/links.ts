import { Fault } from '../../../../api/fault.ts';
import { say } from '../../../../api/words.ts';
import { mustRun, run } from '../../../../system/exec.ts';
import { type LinkRecord, readLinks } from '../../../../system/iproute.ts';
import { NetworkManager } from '../../../../system/networkmanager/manager.ts';
import { type BringUpOptions, bringUp } from '../activate.ts';
import { returning } from '../returning.ts';
import { mayBeTold, takeCharge } from './manageable.ts';
import { standingOn } from './standing.ts';
import { type ResetStep, topOf } from './step.ts';

const START = 60_000;

/** Before anything is set aside: whether NetworkManager takes the NICs that no file keeps it from. */
export async function probe(step: ResetStep): Promise<void> {
  const manager = await runningManager();
  if (manager === undefined) return;
  try {
    await takeCharge(manager, await mayBeTold(manager, nicsOf(step)));
  } finally {
    manager.close();
  }
}

const nicsOf = ({ links }: ResetStep): string[] =>
  links.filter(({ kind }) => kind === 'physical').map(({ name }) => name);

/** Undefined when it does not run, or does not answer. */
export async function runningManager(): Promise<NetworkManager | undefined> {
  try {
    return await NetworkManager.open();
  } catch (thrown) {
    const { kind } = Fault.from(thrown);
    if (kind !== 'unavailable' && kind !== 'timeout') throw thrown;
    return undefined;
  }
}

/** NetworkManager with the new profiles; started where it does not run, and anew where only that makes it read them. */
export async function managerForReset(step: ResetStep): Promise<NetworkManager> {
  const manager = await runningManager();
  // What it had lets go of its links before it is started anew, when it would only find them set up by others.
  await manager?.reloadProfiles();
  if (manager !== undefined && !step.restarts) return manager;
  manager?.close();
  await mustRun(['systemctl', 'restart', 'NetworkManager.service'], { timeout: START });
  const started = await returning(() => NetworkManager.open());
  if (started !== undefined) return started;
  throw new Fault('unavailable', say('NetworkManager does not come back', 'NetworkManager 未能重新启动'));
}

/** The links of the step come up from the bottom. Only what fails at the top one counts: a port may have no carrier. */
export async function linksInForce(
  manager: NetworkManager,
  step: ResetStep,
  options?: BringUpOptions,
): Promise<void> {
  await removeVirtual(manager, step);
  await takeCharge(manager, nicsOf(step));
  for (const { uuid, name } of step.links) {
    const isTop = name === topOf(step);
    const up = bringUp(manager, uuid, name, isTop ? options : {});
    await (isTop ? up : up.catch(() => {}));
  }
  await mustHavePort(step);
}

/** An address on a bond without a port leads nowhere. */
async function mustHavePort({ links }: ResetStep): Promise<void> {
  const bond = links.find(({ kind }) => kind === 'bond')?.name;
  if (bond === undefined || (await linksAtLast()).some(({ master }) => master === bond)) return;
  throw new Fault('failed', say(`${bond} has no port`, `${bond} 没有成员`));
}

/** While NetworkManager takes a bond down the kernel may keep who asks for links waiting: the way out waits longer. */
async function linksAtLast(tries = 10): Promise<LinkRecord[]> {
  try {
    return await readLinks();
  } catch (thrown) {
    if (tries === 0 || Fault.from(thrown).kind !== 'timeout') throw thrown;
    return linksAtLast(tries - 1);
  }
}

/** NetworkManager's own bonds, VLANs and bridges, and whoever's stand on the NIC. */
async function removeVirtual(manager: NetworkManager, step: ResetStep): Promise<void> {
  const kinds = new Set(['bond', 'vlan', 'bridge']);
  const records = await linksAtLast();
  const profiles = await manager.profiles();
  const others = new Set(
    profiles.filter(({ external, remade }) => external || remade).map(({ uuid }) => uuid),
  );
  const above = nicsOf(step).flatMap((nic) => standingOn(records, nic));
  const isKept = ({ name }: { name: string }) =>
    !records.some(({ ifname, linkinfo }) => ifname === name && kinds.has(linkinfo?.info_kind ?? ''));
  // One that goes with another is gone already.
  for (const device of manager.devices())
    if (device.managed && !isKept(device) && !others.has(device.activeUuid))
      await manager.deleteDevice(device.path).catch(() => {});
  for (const { ifname } of above)
    await run(['ip', 'link', 'delete', 'dev', ifname], { timeout: 5000 }).catch(() => {});
}
