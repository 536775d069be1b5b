import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import { Applier } from '../../src/node/network/change/apply.ts';
import { difference } from '../../src/node/network/change/plan/difference.ts';
import { write } from '../../src/node/network/change/plan/make.ts';
import { type Edit, wantedState } from '../../src/node/network/change/plan/wanted.ts';
import { settingsOfProfile } from '../../src/node/network/change/profiles.ts';
import { BOND_MODES, optionsFrom, optionsProblem } from '../../src/node/network/change/schema/bond.ts';
import { type ChangeInput, change } from '../../src/node/network/change/schema/change.ts';
import type { Link, NetworkState } from '../../src/node/network/change/schema/state.ts';
import { readHistory } from '../../src/node/network/change/schema.ts';
import { run } from '../../src/system/exec.ts';
import { NetworkManager } from '../../src/system/networkmanager/manager.ts';
import { pickFrom, randomOf, seed, tellSeed } from '../fakes/random.ts';
import { addProfile, everyProperty, type Kind, keyfileOf, unknownProperties } from './every-property.ts';
import { mustMake, NetworkWorld, plan } from './network-world.ts';

const ROUNDS = Number(process.env.ZS_PROFILES ?? 6);
const MINUTES = 5;

const before = process.env.DBUS_SYSTEM_BUS_ADDRESS;
let world: NetworkWorld;
let manager: NetworkManager;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2, nodeIni: 'network_evidence_seconds = 10\n' });
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
  for (const link of [...added, ...changed.map(({ will }) => will)]) await applier.write(write(link));
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

  test('of a bond stays when one of its options changes', async () => {
    tellSeed();
    await clear();
    await addProfile(world, 'bond', 'bond9', everyProperty('bond', randomOf(seed)), EXTRA.bond);
    const was = await keyfileOf(world, 'bond9');
    await written({ kind: 'changeBond', name: 'bond9', mode: '4', options: { miimon: '50', updelay: '' } });
    expect(differing(was, await keyfileOf(world, 'bond9'))).toEqual(['bond.miimon', 'bond.updelay']);
    await written({ kind: 'changeBond', name: 'bond9', mode: '1' });
    const other = differing(was, await keyfileOf(world, 'bond9'));
    expect(other.filter((key) => !key.startsWith('bond.'))).toEqual([]);
    expect(other).not.toContain('bond.all_slaves_active');
  });

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

/** What the kernel has of a link's routing. */
const routing = () =>
  world.inside('sh', '-c', "ip rule; ip -4 route show table all | grep -vE '^(local|broadcast)'");

/** An option with a value for each that the kernel documents. */
const OPTIONS = [
  ...[
    'miimon=100',
    'updelay=0',
    'use_carrier=1',
    'xmit_hash_policy=vlan+srcmac',
    'lacp_rate=fast',
    'lacp_active=on',
  ],
  ...[
    'ad_select=bandwidth',
    'ad_actor_sys_prio=5',
    'ad_actor_system=00:00:5e:00:53:05',
    'ad_user_port_key=7',
  ],
  ...['min_links=1', 'primary=em01', 'active_slave=em01', 'primary_reselect=better', 'fail_over_mac=active'],
  ...['num_grat_arp=3', 'num_unsol_na=3', 'peer_notif_delay=100', 'resend_igmp=2', 'all_slaves_active=1'],
  ...[
    'packets_per_slave=2',
    'tlb_dynamic_lb=1',
    'lp_interval=9',
    'arp_missed_max=3',
    'ns_ip6_target=fd00::1',
  ],
  ...['arp_validate=all', 'balance-slb=1', 'arp_all_targets=all', 'arp_interval=100 arp_ip_target=192.0.2.1'],
];

test('no option that NetworkManager takes in a mode is refused before it is asked', async () => {
  tellSeed();
  const random = randomOf(seed);
  let taken = 0;
  for (let round = 0; round < 40; round++) {
    const [mode, words] = [pickFrom(random, BOND_MODES), pickFrom(random, OPTIONS)];
    const options = optionsFrom([words]);
    const lines = Object.entries({ mode, ...options }).map(([name, value]) => `${name}=${value}`);
    const input = `[connection]\nid=x\nuuid=${randomUUID()}\ntype=bond\ninterface-name=bond9\n[bond]\n${lines.join('\n')}\n`;
    const argv = ['nmcli', '--offline', 'c', 'modify', 'connection.id', 'x'];
    const { code, stdout } = await run(argv, { timeout: 60_000, input });
    if (code !== 0 || !lines.every((line) => stdout.split('\n').includes(line))) continue;
    taken++;
    expect([mode, words, optionsProblem(mode, options)]).toEqual([mode, words, undefined]);
  }
  expect(taken).toBeGreaterThan(5);
});

describe('on links that are up', () => {
  let connection: Connection;
  const MANAGEMENT = { kind: 'setAddress', link: 'em01', address: '192.0.2.4', netmask: '24' } as const;
  const SITE = [
    ...['ipv4.method', 'manual', 'ipv4.addresses', '198.51.100.4/24,198.51.100.41/24,10.7.7.7/24'],
    ...['ipv4.routes', '0.0.0.0/0 198.51.100.9 table=100, 10.50.0.0/16 198.51.100.9 src=10.7.7.7 mtu=1400'],
    ...['+ipv4.routes', '203.0.113.0/24 192.0.2.66 onlink=true'],
    ...['ipv4.routing-rules', 'priority 5 from 198.51.100.41 table 100', 'ipv4.route-metric', '77'],
    ...['ipv4.dns-search', 'site.example', 'ipv4.never-default', 'yes', 'connection.zone', 'internal'],
    ...['ipv6.method', 'disabled'],
  ];

  beforeAll(async () => {
    await clear();
    await world.startController();
    connection = await world.connect();
    await mustMake(connection, { ...MANAGEMENT, gateway: '192.0.2.1' });
    await mustMake(connection, { kind: 'setManagement', link: 'em01' });
    const argv = ['c', 'add', 'type', 'ethernet', 'con-name', 'em02', 'ifname', 'em02', ...SITE];
    await world.inside('nmcli', ...argv);
    await world.inside('nmcli', '-w', '30', 'c', 'up', 'em02');
  });
  afterAll(() => connection?.close());

  test('another address leaves the others, the routes of other tables and the rules', async () => {
    const [was, before] = [await keyfileOf(world, 'em02'), await routing()];
    expect(before).toContain('default via 198.51.100.9 dev em02 table 100');
    await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '198.51.100.5', netmask: '24' });
    expect(differing(was, await keyfileOf(world, 'em02'))).toEqual(['ipv4.address1']);
    const moved = (text: string) => text.replaceAll('198.51.100.4 ', '198.51.100.5 ').split('\n').sort();
    expect(moved(await routing())).toEqual(moved(before));
  });

  test('a bridge has it all while it has the addresses, and gives it back', async () => {
    const [was, before] = [await keyfileOf(world, 'em02'), await routing()];
    await mustMake(connection, { kind: 'createBridge', link: 'em02' });
    const bridge = await keyfileOf(world, 'br_em02');
    expect(differing(was, bridge, ['ipv4', 'ipv6'])).toEqual([]);
    expect(bridge['connection.zone']).toBe('internal');
    const same = (text: string) => text.replaceAll('br_em02', 'em02').split('\n').sort();
    expect(same(await routing())).toEqual(same(before));
    await mustMake(connection, { kind: 'deleteBridge', name: 'br_em02' });
    expect(differing(was, await keyfileOf(world, 'em02'))).toEqual([]);
    expect(same(await routing())).toEqual(same(before));
  });

  test('an address is added and removed beside the others', async () => {
    const was = await keyfileOf(world, 'em02');
    await mustMake(connection, { kind: 'addAddress', link: 'em02', address: '10.8.8.8', netmask: '24' });
    const held = await world.inside('ip', '-br', '-4', 'a', 'show', 'em02');
    for (const address of ['198.51.100.5/24', '198.51.100.41/24', '10.7.7.7/24', '10.8.8.8/24'])
      expect(held).toContain(address);
    await mustMake(connection, { kind: 'removeAddress', link: 'em02', address: '10.8.8.8' });
    expect(differing(was, await keyfileOf(world, 'em02'))).toEqual([]);
  });

  test('DHCP keeps static routes; off names what it loses', async () => {
    const dhcp = await plan(connection, { kind: 'setAddress', link: 'em02', method: 'dhcp' });
    expect(dhcp.warnings.map(({ en }) => en).join('\n')).not.toContain('loses route');
    expect(dhcp.warnings.map(({ en }) => en).join('\n')).not.toContain('10.50.0.0');
    expect(JSON.stringify(dhcp.steps)).toContain('10.50.0.0/16');
    const off = await plan(connection, { kind: 'setAddress', link: 'em02', method: 'off' });
    expect(off.warnings.map(({ en }) => en)).toContain(
      'em02 loses 198.51.100.5/24, 198.51.100.41/24, 10.7.7.7/24, route 0.0.0.0/0 via 198.51.100.9 table 100, route 10.50.0.0/16 via 198.51.100.9 mtu 1400 src 10.7.7.7, route 203.0.113.0/24 via 192.0.2.66 onlink, ipv4.dns-search site.example.',
    );
  });

  test('a bridge that was deleted comes back from the history as it was', async () => {
    await mustMake(connection, { kind: 'createBridge', link: 'em02' });
    const ours = ['bridge.ageing-time', '77', 'bridge.group-forward-mask', '16', 'ipv4.dns-priority', '7'];
    await world.inside('nmcli', 'c', 'mod', 'br_em02', ...ours);
    const was = await keyfileOf(world, 'br_em02');
    await mustMake(connection, { kind: 'deleteBridge', name: 'br_em02' });
    const [, before] = await connection.call(readHistory, {});
    await mustMake(connection, { kind: 'restore', id: before?.id ?? 0 });
    expect(differing(was, await keyfileOf(world, 'br_em02'))).toEqual(['connection.uuid']);
    await world.inside('nmcli', 'c', 'mod', 'br_em02', 'bridge.ageing-time', '78');
    await mustMake(connection, {
      kind: 'setAddress',
      link: 'br_em02',
      address: '198.51.100.6',
      netmask: '24',
    });
    const found = (await connection.call(readHistory, {})).find(({ who }) => who === 'outside');
    expect(found?.difference.join('\n')).toMatch(
      /^- br_em02: .*, bridge\.ageing-time 77\n\+ br_em02: .*, bridge\.ageing-time 78$/,
    );
    await mustMake(connection, { kind: 'deleteBridge', name: 'br_em02' });
  });

  test('options of a bond are those that the installed NetworkManager takes', async () => {
    const make = (mode: string, options: Record<string, string>) =>
      plan(connection, { kind: 'createBond', name: 'bond7', mode, members: [], allowEmpty: true, options });
    const taken: [string, Record<string, string>][] = [
      ['4', { ad_actor_system: '00:00:5e:00:53:05', lacp_rate: 'fast', min_links: '1' }],
      ['1', { arp_interval: '100', arp_ip_target: '+192.0.2.1,+192.0.2.2', arp_validate: 'all' }],
      ['2', { 'balance-slb': '1', xmit_hash_policy: 'vlan+srcmac' }],
      ['6', { tlb_dynamic_lb: '1', active_slave: 'em01' }],
    ];
    for (const [mode, options] of taken) await make(mode, options);
    await expect(make('1', { mimon: '100', updelay: '0' })).rejects.toThrow(
      /NetworkManager does not take mimon=100/,
    );
    await expect(make('1', { miimon: '100', peer_notif_delay: '50' })).rejects.toThrow(
      /does not take (miimon=100|peer_notif_delay=50) in mode active-backup/,
    );
  });

  test('a gateway outside the subnet of a /32, and a link-local one, are proved and kept with a warning', async () => {
    await world.far('ip', 'addr', 'add', '203.0.113.1/24', 'dev', 'sw0');
    const outside: ChangeInput = {
      kind: 'setAddress',
      link: 'em02',
      address: '203.0.113.44',
      netmask: '255.255.255.255',
      gateway: '203.0.113.1',
      more: [],
    };
    const { warnings } = await plan(connection, outside);
    expect(warnings.map(({ en }) => en).join('\n')).toContain(
      'The gateway 203.0.113.1 is in no subnet of em02: it has to be on the same wire.',
    );
    await mustMake(connection, outside);
    expect(await world.inside('ip', 'route')).toContain('default via 203.0.113.1 dev em02');
    const far = await world.far('ip', '-br', '-6', 'addr', 'show', 'dev', 'sw0');
    const router = /fe80::[\da-f:]+/.exec(far)?.[0] ?? '';
    await mustMake(connection, {
      kind: 'setAddress',
      link: 'em02',
      address: '2001:db8:9::4',
      netmask: '128',
      gateway: `${router}%em02`,
    });
    expect(await world.inside('ip', '-6', 'route')).toContain(`default via ${router} dev em02`);
  });
});
