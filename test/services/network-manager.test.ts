import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { same } from '../../src/api/words.ts';
import { NetworkManager } from '../../src/system/networkmanager/manager.ts';
import { StandingManager } from '../../src/system/networkmanager/standing.ts';
import { eventually, NetworkWorld } from './network-world.ts';

const before = process.env.DBUS_SYSTEM_BUS_ADDRESS;
let world: NetworkWorld;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2 });
  process.env.DBUS_SYSTEM_BUS_ADDRESS = `unix:path=${world.folder}/bus`;
});
afterAll(async () => {
  if (before === undefined) delete process.env.DBUS_SYSTEM_BUS_ADDRESS;
  else process.env.DBUS_SYSTEM_BUS_ADDRESS = before;
  await world?.end();
});

const view = async (manager: NetworkManager) => ({
  devices: manager.devices().sort((a, b) => a.path.localeCompare(b.path)),
  profiles: (await manager.profiles()).sort((a, b) => a.path.localeCompare(b.path)),
  checkpoints: manager.checkpoints(),
});

/** What one that connects now is told. */
async function fresh() {
  const manager = await NetworkManager.open();
  try {
    return await view(manager);
  } finally {
    manager.close();
  }
}

const nmcli = (words: string) => world.inside('nmcli', '-w', '30', ...words.split(' '));

test('what is held is what NetworkManager has, through all that others change', async () => {
  const held = await NetworkManager.open();
  const follows = async () => {
    await eventually('the same', async () => isDeepStrictEqual(await view(held), await fresh()));
    return view(held);
  };
  await nmcli('c add type ethernet con-name one ifname em01 ipv4.method manual ipv4.addresses 192.0.2.4/24');
  await nmcli('c up one');
  const { profiles } = await follows();
  const uuid = profiles.find(({ id }) => id === 'one')?.uuid;
  expect(held.device('em01')).toMatchObject({ state: 100, activeUuid: uuid, activeState: 2 });
  await nmcli('c mod one ipv4.addresses 192.0.2.5/24 connection.id two');
  expect((await follows()).profiles.map(({ id }) => id)).toContain('two');
  await nmcli('c add type bridge con-name br0 ifname br0 ipv4.method disabled ipv6.method disabled');
  await nmcli('c up br0');
  await follows();
  expect(held.device('br0')?.managed).toBe(true);
  const checkpoint = await held.createCheckpoint(60);
  expect((await follows()).checkpoints).toEqual([checkpoint]);
  await held.destroyCheckpoint(checkpoint);
  await nmcli('d set em02 managed no');
  await world.inside('ip', 'link', 'set', 'dev', 'em02', 'name', 'em09');
  await follows();
  expect(held.device('em02')).toBeUndefined();
  expect(held.device('em09')?.managed).toBe(false);
  await nmcli('c delete br0');
  await nmcli('c delete two');
  await follows();
  expect(held.device('br0')).toBeUndefined();
  expect(await held.profile(uuid ?? '')).toBeUndefined();
  held.close();
});

test.each([
  ['NetworkManager', () => world.restartNetworkManager()],
  ['the bus', () => world.restartBus()],
])('a standing connection is one for all, and another one after %s was away', async (_, restart) => {
  const standing = new StandingManager();
  const [first, other] = await Promise.all([standing.get(), standing.get()]);
  expect(other).toBe(first);
  let told = 0;
  first.onLoss(() => told++);
  const waiting = first.until(async () => undefined, 60_000, same('never'));
  const lost = expect(waiting).rejects.toMatchObject({ kind: 'unavailable' });
  await restart();
  await lost;
  expect([first.lost?.kind, told]).toEqual(['unavailable', 1]);
  const second = await standing.get();
  expect(second).not.toBe(first);
  await eventually('its NICs', () => second.device('em01'));
  await nmcli('c add type bridge con-name seen ifname br9 ipv4.method disabled ipv6.method disabled');
  await nmcli('c up seen');
  await eventually('what changes is told', () => second.device('br9')?.state === 100);
  await nmcli('c delete seen');
  second.close();
});
