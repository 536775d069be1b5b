import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { ensureFolder, writeWhole } from '../../../system/files.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { DEVICE_STATE } from '../../../system/networkmanager/objects.ts';
import { bringUp } from './activate.ts';
import { nameNow, namesBack } from './names-back.ts';
import { MEMORY_PROFILES } from './places.ts';
import { rank } from './plan/difference.ts';
import { linksOf, type Seen, see } from './read.ts';
import {
  controllerOf,
  type LiveState,
  memoryProfiles,
  type RecordedLink,
  type StateRecord,
} from './record.ts';
import type { Link } from './schema/state.ts';

const ROUNDS = 3;
const SETTLE = 20_000;

/**
 * Brings back what the record holds: NetworkManager's checkpoint first, if it still has it, then whatever that left
 * wrong, by our own hand.
 * @throws `failed` naming what could not be brought back.
 */
export async function takeBack(manager: NetworkManager, record: StateRecord): Promise<void> {
  await rollBack(manager, record);
  await bringTo(manager, record);
}

/** To the record's state, from whatever state is. Ends only when it was looked at and is so. Throws as `takeBack`. */
export async function bringTo(manager: NetworkManager, record: LiveState): Promise<void> {
  await settled(manager);
  const refused = await namesBack(record, await see(manager));
  await profilesBack(record, manager);
  let wrong: Words[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await settled(manager);
    wrong = wrongLinks(record, await see(manager));
    if (wrong.length === 0 && refused.length === 0) return;
    await repair(manager, record);
  }
  await settled(manager);
  wrong = wrongLinks(record, await see(manager));
  if (wrong.length + refused.length > 0) throw notWhole([...wrong, ...refused]);
}

const notWhole = (wrong: readonly Words[]): Fault =>
  new Fault('failed', {
    en: wrong.map(({ en }) => en).join('; '),
    zh: wrong.map(({ zh }) => zh).join('；'),
  });

/** Without NetworkManager: what it will find when it starts. */
export async function bringFilesTo(record: LiveState): Promise<void> {
  await restoreMemory(record);
}

async function rollBack(manager: NetworkManager, { checkpoint }: StateRecord): Promise<void> {
  if (checkpoint === undefined) return;
  if (!manager.checkpoints().includes(checkpoint)) return;
  // Its failure is no end: what it leaves wrong is seen and repaired below.
  await manager.rollBack(checkpoint).catch(() => {});
}

/** No device is on its way to another state. One that hangs there for long is not waited for. */
async function settled(manager: NetworkManager): Promise<void> {
  const quiet = async () => {
    const devices = manager.devices();
    const busy = devices.some(
      ({ state }) =>
        state > DEVICE_STATE.disconnected &&
        state < DEVICE_STATE.activated &&
        state !== DEVICE_STATE.ipConfig,
    );
    return busy ? undefined : true;
  };
  await manager.until(quiet, SETTLE, say('devices settle', '设备稳定')).catch((thrown) => {
    if (Fault.from(thrown).kind !== 'timeout') throw thrown;
  });
}

async function profilesBack(record: LiveState, manager: NetworkManager): Promise<void> {
  if (await restoreMemory(record)) await manager.reloadProfiles();
}

/** Answers whether anything differed. */
async function restoreMemory(record: LiveState): Promise<boolean> {
  const now = await memoryProfiles();
  const ours = (text: string) =>
    record.touched.includes(/^interface-name=(.*)$/m.exec(text)?.[1] ?? '') ||
    record.profiles?.includes(/^uuid=(.*)$/m.exec(text)?.[1] ?? '') === true;
  const surplus = Object.entries(now).filter(
    ([name, text]) => record.memory[name] === undefined && ours(text),
  );
  const lost = Object.entries(record.memory).filter(([name, text]) => now[name] !== text && ours(text));
  for (const [name] of surplus) await rm(join(MEMORY_PROFILES, name), { force: true });
  if (lost.length > 0) await ensureFolder(MEMORY_PROFILES, 0o755);
  for (const [name, text] of lost) await writeWhole(join(MEMORY_PROFILES, name), text);
  return surplus.length + lost.length > 0;
}

/** What differs from the record, a line each. */
export function wrongLinks(record: LiveState, seen: Seen): Words[] {
  const now = linksOf(seen);
  const surplus = now
    .filter((link) => isSurplus(record, link))
    .map(({ name }) => say(`${name} is still there`, `${name} 仍然存在`));
  const wrong = touchedLinks(record, now).flatMap((was) => {
    const link = now.find((each) => each.name === was.name && each.present && isTheSame(was, each));
    const problem = problemOf(was, link, seen);
    return problem === undefined ? [] : [problem];
  });
  return [...surplus, ...wrong];
}

/** A NIC's name may be another's by now. */
const isTheSame = (was: RecordedLink, now: Link): boolean =>
  was.virtual || was.index === undefined || was.index === now.index;

/** The links that the change is about, and those that stand on them or belong to them. */
function touchedLinks(record: LiveState, now: readonly Link[]): RecordedLink[] {
  const near = new Set(record.touched);
  for (const link of now)
    if (near.has(link.controller ?? '') || near.has(link.vlan?.parent ?? '')) near.add(link.name);
  return record.links.filter((was) => near.has(was.name));
}

const isSurplus = (record: LiveState, link: Link): boolean =>
  link.present &&
  (link.kind === 'bond' || link.kind === 'vlan' || link.kind === 'bridge') &&
  link.managed &&
  record.touched.includes(link.name) &&
  !record.links.some((was) => was.name === link.name);

function problemOf(was: RecordedLink, link: Link | undefined, seen: Seen): Words | undefined {
  const { name } = was;
  if (link === undefined) return was.virtual && was.uuid === undefined ? undefined : absence(was, seen);
  if (!link.active && was.uuid !== undefined) return say(`${name} is down`, `${name} 未启用`);
  if ((link.active ? link.uuid : undefined) !== was.uuid)
    return say(`${name} has another profile active`, `${name} 启用了其他配置`);
  const { controller } = controllerOf(seen, name);
  if (controller !== was.controller) return portProblem(was, controller);
  const lost = was.addresses.filter((address) => !link.addresses.includes(address));
  const added = [...link.ipv4.addresses, ...link.ipv6.addresses].filter(
    (address) => link.active && !was.addresses.includes(address) && was.addresses.length > 0,
  );
  if (lost.length > 0) return say(`${name} lacks ${lost.join(', ')}`, `${name} 缺少 ${lost.join('、')}`);
  return added.length > 0
    ? say(`${name} still has ${added.join(', ')}`, `${name} 仍有 ${added.join('、')}`)
    : undefined;
}

function absence(was: RecordedLink, seen: Seen): Words {
  const called = nameNow(was, seen);
  return called === undefined
    ? say(`${was.name} is gone`, `${was.name} 已不存在`)
    : say(`${was.name} is called ${called}`, `${was.name} 名为 ${called}`);
}

const portProblem = ({ name, controller }: RecordedLink, now: string | undefined): Words =>
  now === undefined
    ? say(`${name} is not in ${controller}`, `${name} 不在 ${controller} 中`)
    : say(`${name} is a port of ${now}`, `${name} 是 ${now} 的端口`);

/** Surplus devices go, then every profile that was active is activated again, from the bottom up. */
async function repair(manager: NetworkManager, record: LiveState): Promise<void> {
  const seen = await see(manager);
  const links = linksOf(seen);
  const surplus = links
    .filter((link) => isSurplus(record, link))
    .sort((a, b) => rank({ links }, b) - rank({ links }, a));
  for (const link of surplus) await removeDevice(manager, link.name);
  await disconnectIdle(manager, record, seen);
  const now = await see(manager);
  const state = { links: linksOf(now) };
  const wrong = touchedLinks(record, state.links)
    .filter((was) => was.uuid !== undefined)
    .map((was) => ({
      was,
      link: state.links.find((each) => each.uuid === was.uuid || each.name === was.name),
    }))
    .sort((a, b) => (a.link ? rank(state, a.link) : 0) - (b.link ? rank(state, b.link) : 0));
  for (const { was, link } of wrong) {
    if (problemOf(was, link?.present ? link : undefined, now) === undefined) continue;
    // One that fails now may succeed in the next round; the last look decides.
    await bringUp(manager, was.uuid ?? '', was.name).catch(() => {});
  }
}

async function removeDevice(manager: NetworkManager, name: string): Promise<void> {
  const device = manager.device(name);
  if (device !== undefined) await manager.deleteDevice(device.path).catch(() => {});
}

/** Links that had no profile active get rid of the one they have now. */
async function disconnectIdle(manager: NetworkManager, record: LiveState, seen: Seen): Promise<void> {
  for (const was of touchedLinks(record, linksOf(seen)).filter((each) => each.uuid === undefined)) {
    const device = seen.devices.find((each) => each.name === was.name);
    const isOthers = seen.profiles.some(
      ({ external, remade, uuid }) => (external || remade) && uuid === device?.activeUuid,
    );
    if (device?.managed === true && device.activeUuid !== '' && !isOthers)
      await manager.disconnect(device.path).catch(() => {});
  }
}
