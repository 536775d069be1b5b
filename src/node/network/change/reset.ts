import { randomUUID } from 'node:crypto';
import { cp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import type { Step } from '../../../api/plan.ts';
import { say } from '../../../api/words.ts';
import { mustRun } from '../../../system/exec.ts';
import { ensureFolder } from '../../../system/files.ts';
import { type LinkRecord, readLinks } from '../../../system/iproute.ts';
import { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { keyfile } from '../keyfile.ts';
import { type BringUpOptions, bringUp } from './activate.ts';
import { applyKept, nextId, switchTo, writeKept } from './kept.ts';
import { managementText } from './management.ts';
import { DISK_PROFILES, MEMORY_PROFILES, type NetworkPlaces } from './places.ts';
import { addressed, newLink } from './plan/edit.ts';
import type { Addressing } from './schema/fields.ts';
import { OFF } from './schema/state.ts';

export interface ResetStep extends Step {
  type: 'network.reset';
  id: number;
  nic: string;
  /** Absent: DHCP. */
  addressing?: Addressing;
  uuid: string;
  /** Folder that the files of now are copied into. */
  copy: string;
}

export interface ResetInput extends Addressing {
  nic: string;
  method: 'static' | 'dhcp';
}

/** Links of the kernel's own making: the reset removes some of them, and none leads out of the machine by itself. */
const VIRTUAL = new Set(['bond', 'vlan', 'bridge', 'team', 'tun', 'macvlan', 'macvtap', 'vxlan']);

function mustBeNic(links: readonly LinkRecord[], nic: string): void {
  const link = links.find(({ ifname, link_type }) => ifname === nic && link_type === 'ether');
  if (link === undefined)
    throw new Fault('notFound', say(`there is no NIC "${nic}"`, `没有网卡“${nic}”`), { field: 'nic' });
  const kind = link.linkinfo?.info_kind ?? '';
  if (VIRTUAL.has(kind))
    throw new Fault('usage', say(`"${nic}" is a ${kind}: give a NIC`, `“${nic}”是 ${kind}：请指定网卡`), {
      field: 'nic',
    });
}

/** Throws `notFound` when there is no such NIC, `usage` when it is a link that stands on others. Asks nobody but the kernel. */
export async function resetStep(places: NetworkPlaces, input: ResetInput): Promise<ResetStep> {
  mustBeNic(await readLinks(), input.nic);
  const { nic, method, ...addressing } = input;
  const id = await nextId(places);
  return {
    type: 'network.reset',
    id,
    nic,
    ...(method === 'static' ? { addressing } : {}),
    uuid: randomUUID(),
    copy: join(dirname(places.kept), `before-reset-${id}`),
    words: say(
      `Set every connection aside and give ${nic} the only one`,
      `移走所有连接配置，只保留 ${nic} 的一个`,
    ),
  };
}

/**
 * Needs nothing of what is there but its files' names: unreadable profiles are copied and set aside like others.
 * Settles when the NIC has its address. @throws what stood against that; the files are in place by then.
 */
export async function reset(places: NetworkPlaces, step: ResetStep): Promise<void> {
  await ensureFolder(step.copy);
  await cp(DISK_PROFILES, step.copy, { recursive: true });
  const there = (await readdir(DISK_PROFILES)).map((name) => join(DISK_PROFILES, name));
  const path = join(DISK_PROFILES, `${step.nic}-reset.nmconnection`);
  const management = await managementText(places.nodeIni, {
    link: step.nic,
    ...(step.addressing?.address === undefined ? {} : { address: step.addressing.address }),
  });
  await writeKept(places, {
    id: step.id,
    time: Date.now(),
    who: 'reset',
    title: say(`Emergency reset to ${step.nic}`, `紧急重置为 ${step.nic}`),
    why: '',
    difference: [`copy of what was: ${step.copy}`],
    state: { links: [{ ...newLink(step.nic, 'physical'), ...familiesOf(step), uuid: step.uuid }] },
    removed: there.filter((each) => each !== path),
    files: {
      [path]: profileText(step),
      ...(management === undefined ? {} : { [places.nodeIni]: management }),
    },
  });
  await switchTo(places, step.id);
  await putInForce(places, step).catch((thrown) => {
    throw notInForce(step, thrown);
  });
}

/** What stood against it is no undoing: the new profile is there. */
function notInForce({ nic, copy }: ResetStep, cause: unknown): Fault {
  const { kind, words } = Fault.from(cause);
  const next = say(
    `the reset is made all the same: only ${nic} has a profile; copy of what was: ${copy}`,
    `重置已完成：仅 ${nic} 保留配置；原配置副本：${copy}`,
  );
  return new Fault(kind, words, { next, cause });
}

async function putInForce(places: NetworkPlaces, step: ResetStep): Promise<void> {
  await filesInForce(places);
  const manager = await started();
  try {
    await linksInForce(manager, step, { addressed: true });
  } finally {
    manager.close();
  }
}

/** After a crash: a NetworkManager that does not run yet will read the files by itself. Waits for no address. */
export async function finishReset(places: NetworkPlaces, step: ResetStep): Promise<void> {
  await filesInForce(places);
  const manager = await NetworkManager.open().catch((thrown) => {
    if (Fault.from(thrown).kind === 'unavailable') return undefined;
    throw thrown;
  });
  if (manager === undefined) return;
  try {
    await linksInForce(manager, step);
  } finally {
    manager.close();
  }
}

async function filesInForce(places: NetworkPlaces): Promise<void> {
  await applyKept(places);
  for (const name of await readdir(MEMORY_PROFILES).catch(() => []))
    if (name !== 'lo.nmconnection') await rm(join(MEMORY_PROFILES, name), { force: true });
}

async function linksInForce(
  manager: NetworkManager,
  step: ResetStep,
  options?: BringUpOptions,
): Promise<void> {
  await manager.reloadProfiles();
  await removeVirtual(manager);
  await bringUp(manager, step.uuid, step.nic, options);
}

/** NetworkManager, started when it does not run. */
async function started(): Promise<NetworkManager> {
  try {
    return await NetworkManager.open();
  } catch (thrown) {
    if (Fault.from(thrown).kind !== 'unavailable') throw thrown;
    await mustRun(['systemctl', 'restart', 'NetworkManager.service'], { timeout: 60_000 });
    return NetworkManager.open();
  }
}

async function removeVirtual(manager: NetworkManager): Promise<void> {
  const kinds = new Set(['bond', 'vlan', 'bridge']);
  const names = (await readLinks())
    .filter((link) => kinds.has(link.linkinfo?.info_kind ?? ''))
    .map((link) => link.ifname);
  // One that goes with another is gone already.
  for (const device of manager.devices())
    if (device.managed && names.includes(device.name))
      await manager.deleteDevice(device.path).catch(() => {});
}

const familiesOf = ({ addressing }: ResetStep) => {
  const auto = { ...OFF, method: 'auto' as const };
  if (addressing === undefined) return { ipv4: auto, ipv6: auto };
  return { ipv4: OFF, ipv6: OFF, ...addressed(addressing, { ipv4: OFF, ipv6: OFF }) };
};

const profileText = (step: ResetStep): string =>
  keyfile({ name: step.nic, kind: 'physical', ...familiesOf(step) }, { uuid: step.uuid });
