import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Applier } from '../../src/node/network/change/apply.ts';
import { difference } from '../../src/node/network/change/plan/difference.ts';
import { write } from '../../src/node/network/change/plan/make.ts';
import { type Edit, wantedState } from '../../src/node/network/change/plan/wanted.ts';
import { settingsOfProfile } from '../../src/node/network/change/profiles.ts';
import type { Link, NetworkState } from '../../src/node/network/change/schema/state.ts';
import { type ChangeInput, change } from '../../src/node/network/change/schema.ts';
import { NetworkManager } from '../../src/system/networkmanager/manager.ts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import { addProfile, everyProperty, type Kind, keyfileOf, unknownProperties } from './every-property.ts';
import { NetworkWorld } from './network-world.ts';

const ROUNDS = Number(process.env.ZS_PROFILES ?? 6);
const MINUTES = 5;

const before = process.env.DBUS_SYSTEM_BUS_ADDRESS;
let world: NetworkWorld;
let manager: NetworkManager;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2 });
  process.env.DBUS_SYSTEM_BUS_ADDRESS = `unix:path=${world.folder}/bus`;
  manager = await NetworkManager.open();
});
afterAll(async () => {
  manager?.close();
  if (before === undefined) delete process.env.DBUS_SYSTEM_BUS_ADDRESS;
  else process.env.DBUS_SYSTEM_BUS_ADDRESS = before;
  await world?.end();
});

/** The profiles as links that are not up: this kernel has no bonds and VLANs. */
async function state(): Promise<NetworkState> {
  const profiles = (await manager.profiles()).filter(({ interfaceName }) => interfaceName !== 'lo');
  const links = profiles.flatMap((profile): Link[] => {
    const settings = settingsOfProfile(profile, profiles);
    if (settings === undefined) return [];
    const seen = { managed: true, present: true, active: false, carrier: false, addresses: [] };
    return [{ ...settings, ...seen, uuid: profile.uuid }];
  });
  return { whole: true, links };
}

/** Writes the profiles of a change into the real NetworkManager, as its steps do; nothing is brought up. */
async function written(input: ChangeInput): Promise<void> {
  const now = await state();
  const { added, removed, changed } = difference(now, wantedState(now, change.parse(input) as Edit));
  const applier = new Applier(manager, 0);
  const never = new AbortController().signal;
  for (const link of [...added, ...changed.map(({ will }) => will)]) await applier.apply(write(link), never);
  for (const { uuid = '' } of removed) await manager.deleteProfile((await manager.profile(uuid))?.path ?? '');
}

async function clear(): Promise<void> {
  for (const { path, interfaceName } of await manager.profiles())
    if (interfaceName !== 'lo') await manager.deleteProfile(path);
}

type Keys = Record<string, string>;
/** Keys that differ between two files, of the sections given; all when none are. */
const differing = (one: Keys, other: Keys, sections: string[] = []): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((key) => one[key] !== other[key])
    .filter((key) => sections.length === 0 || sections.includes(key.split('.')[0] ?? ''))
    .sort();

const EXTRA: Record<Kind, string[]> = {
  ethernet: [],
  bond: [
    'bond.options',
    'mode=4,miimon=100,lacp_rate=fast,updelay=200,downdelay=200,ad_actor_system=00:00:5e:00:53:05,min_links=1,ad_select=bandwidth,ad_actor_sys_prio=7,ad_user_port_key=9,all_slaves_active=1,resend_igmp=2,peer_notif_delay=200,xmit_hash_policy=layer3+4',
  ],
  vlan: ['dev', 'em01', 'id', '20'],
  bridge: [],
};

describe('every property that NetworkManager knows', () => {
  test('has a value in this test', async () => {
    expect(await unknownProperties(world)).toEqual([]);
  });

  test.each<Kind>(['ethernet', 'bond', 'vlan', 'bridge'])(
    'of a profile for %s stays when address, server or MTU change',
    async (kind) => {
      tellSeed();
      const random = randomOf(seed);
      for (let round = 0; round < ROUNDS; round++) {
        await clear();
        await addProfile(world, kind, 'em02', everyProperty(kind, random), EXTRA[kind]);
        const was = await keyfileOf(world, 'em02');
        const what = `seed ${seed}, round ${round}`;
        const gateway = was['ipv4.address1']?.split(',')[1] ?? '';
        const [address = '', netmask = ''] = (was['ipv4.address1'] ?? '').split(',')[0]?.split('/') ?? [];
        const same = { kind: 'setAddress' as const, link: 'em02', address, netmask, gateway };
        const mayGate = gateway === '' || gateway.startsWith('198.51.100.');
        if (!mayGate) continue;
        await written({ ...same, dns: ['192.0.2.77'] });
        const served = await keyfileOf(world, 'em02');
        const methods = was['ipv4.method'] === 'manual' ? [] : ['ipv4.method'];
        expect(differing(was, served), what).toEqual(['ipv4.dns', ...methods, 'ipv6.dns']);
        await written({ ...same, address: '198.51.100.251', gateway: '198.51.100.253', mtu: 1400 });
        const moved = differing(served, await keyfileOf(world, 'em02'));
        const never = was['ipv4.never-default'] === undefined ? [] : ['ipv4.never-default'];
        expect(moved, what).toEqual(['ethernet.mtu', 'ipv4.address1', ...never]);
      }
    },
    MINUTES * 60_000,
  );

  test(
    'goes along to the bridge that takes the addresses over, and comes back from it',
    async () => {
      tellSeed();
      const random = randomOf(seed);
      for (let round = 0; round < ROUNDS; round++) {
        await clear();
        await addProfile(world, 'ethernet', 'em02', everyProperty('ethernet', random));
        const was = await keyfileOf(world, 'em02');
        const what = `seed ${seed}, round ${round}`;
        await written({ kind: 'createBridge', link: 'em02' });
        const bridge = await keyfileOf(world, 'br_em02');
        expect(differing(was, bridge, ['ipv4', 'ipv6']), what).toEqual([]);
        for (const key of ['zone', 'mdns', 'llmnr', 'metered', 'stable-id', 'mptcp-flags'])
          expect([key, bridge[`connection.${key}`]]).toEqual([key, was[`connection.${key}`]]);
        expect(differing(was, await keyfileOf(world, 'em02'), ['ethernet']), what).toEqual([]);
        await written({ kind: 'deleteBridge', name: 'br_em02' });
        expect(differing(was, await keyfileOf(world, 'em02')), what).toEqual([]);
      }
    },
    MINUTES * 60_000,
  );

  test.each<[string, ChangeInput, string]>([
    ['bond', { kind: 'createBond', name: 'bond0', mode: '1', members: ['em02'] }, 'bond0'],
    ['VLAN', { kind: 'createVlan', parent: 'em02', id: 20, moveAddress: true }, 'em02.20'],
  ])(
    'goes along to the %s that takes the addresses over',
    async (_, input, taker) => {
      tellSeed();
      const random = randomOf(seed);
      for (let round = 0; round < ROUNDS; round++) {
        await clear();
        await addProfile(world, 'ethernet', 'em02', everyProperty('ethernet', random));
        const was = await keyfileOf(world, 'em02');
        await written(input);
        const what = `seed ${seed}, round ${round}`;
        expect(differing(was, await keyfileOf(world, taker), ['ipv4', 'ipv6']), what).toEqual([]);
        const left = await keyfileOf(world, 'em02');
        expect(differing(was, left, ['ethernet']), what).toEqual([]);
        expect(left['ipv4.routing-rule1']).toBeUndefined();
      }
    },
    MINUTES * 60_000,
  );
});
