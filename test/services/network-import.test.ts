import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oldAttention } from '../../src/node/network/old/attention.ts';
import { importOld as importWords } from '../../src/node/network/old/import.ts';
import { migrate } from '../../src/node/network/old/migrate.ts';
import type { OldPlaces } from '../../src/node/network/old/places.ts';
import { mustMake, NetworkWorld, readState } from './network-world.ts';

/** As an older generation's installer and scripts wrote them. */
const FILES: Record<string, string> = {
  'ifcfg-lo': 'DEVICE=lo\nIPADDR=127.0.0.1\n',
  'ifcfg-em01': `# made by hand
TYPE=Ethernet
DEVICE="em01"
NAME="System em01"
UUID=8a5bb6b7-66a4-4a3e-9d0f-2f6a0a0f1c01
ONBOOT=yes
BOOTPROTO=none
IPADDR=192.0.2.4
NETMASK=255.255.255.0
GATEWAY=192.0.2.1
DNS1=192.0.2.53
DOMAIN='example.org'
IPV6INIT=no
MTU=1400
`,
  'ifcfg-em01:1': 'DEVICE=em01:1\nIPADDR=192.0.2.5\nPREFIX=24\n',
  'route-em01': '10.9.0.0/16 via 192.0.2.9 metric 7\n10.8.0.0/16 via 192.0.2.8\n',
  'ifcfg-Wired_2': 'DEVICE=em02\nBRIDGE=br_em02\nONBOOT=yes\n',
  'ifcfg-br_em02':
    'DEVICE=br_em02\nTYPE=Bridge\nSTP=no\nIPADDR=198.51.100.4\nPREFIX=24\nIPV6INIT=no\nDEFROUTE=no\n',
  'ifcfg-bond0':
    'DEVICE=bond0\nBONDING_OPTS="mode=4 miimon=100 xmit_hash_policy=layer2+3"\nBOOTPROTO=dhcp\nONBOOT=no\n',
  'ifcfg-em07': 'DEVICE=em07\nMASTER=bond0\nSLAVE=yes\n',
  'ifcfg-bond0.20':
    'DEVICE=bond0.20\nVLAN=yes\nBOOTPROTO=static\nIPV6ADDR=2001:db8::4/64\nIPV6_DEFAULTGW=2001:db8::1\n',
  'ifcfg-em01.bak': 'DEVICE=em01\nIPADDR=203.0.113.9\nPREFIX=24\n',
};
const RULES = `# PCI device
SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="52:54:00:AA:00:01", ATTR{type}=="1", KERNEL=="eth*", NAME="em01"
`;

let world: NetworkWorld;
let places: OldPlaces;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2 });
  const at = (name: string) => join(world.folder, name);
  places = {
    scripts: at('network-scripts'),
    rules: at('70-persistent-net.rules'),
    profiles: at('etc/system-connections'),
    linkFiles: at('link-files'),
    plugins: [at('plugins')],
    network: at('network'),
    staticRoutes: at('static-routes'),
    modprobe: [at('modprobe.d')],
    tables: [at('rt_tables')],
    interfaces: at('interfaces'),
    hostname: at('hostname'),
    otherProfiles: [],
  };
});
afterAll(() => world?.end());

const importOld = async (where: OldPlaces): Promise<string[]> =>
  (await importWords(where)).map(({ en }) => en);

function write(): void {
  for (const folder of [places.scripts, places.linkFiles]) rmSync(folder, { recursive: true, force: true });
  for (const file of readdirSync(places.profiles)) rmSync(join(places.profiles, file), { recursive: true });
  mkdirSync(places.scripts);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(places.scripts, name), text);
  writeFileSync(places.rules, RULES);
}

/** Without the uuids that are made. */
const profiles = () =>
  readdirSync(places.profiles)
    .sort()
    .map((name) => `${name}\n${readFileSync(join(places.profiles, name), 'utf8')}`)
    .join('\n');

const value = async (key: string, name: string) =>
  (await world.inside('nmcli', '-g', key, 'c', 'show', name)).trim().replaceAll('\\', '');

test('what the older generation wrote is what NetworkManager has afterwards', async () => {
  write();
  const done = await importOld(places);
  expect(done).toHaveLength(7);
  expect(readdirSync(places.scripts).sort()).toEqual(['ifcfg-em01.bak', 'ifcfg-lo', 'imported']);
  expect(readFileSync(join(places.linkFiles, '10-zs-525400aa0001.link'), 'utf8')).toBe(
    '[Match]\nPermanentMACAddress=52:54:00:aa:00:01\n\n[Link]\nName=em01\n',
  );
  expect(existsSync(places.rules)).toBe(false);
  expect(await importOld(places)).toEqual([]);
  await world.inside('nmcli', 'c', 'reload');
  expect(await value('connection.uuid', 'em01')).toBe('8a5bb6b7-66a4-4a3e-9d0f-2f6a0a0f1c01');
  expect(await value('ipv4.addresses', 'em01')).toBe('192.0.2.4/24, 192.0.2.5/24');
  expect(await value('ipv4.gateway', 'em01')).toBe('192.0.2.1');
  expect(await value('ipv4.dns-search', 'em01')).toBe('example.org');
  expect(await value('802-3-ethernet.mtu', 'em01')).toBe('1400');
  expect(await value('ipv4.routes', 'em01')).toMatch(
    /10\.9\.0\.0\/16 192\.0\.2\.9 7.*10\.8\.0\.0\/16 192\.0\.2\.8/,
  );
  expect(await value('connection.slave-type', 'em02')).toBe('bridge');
  expect(await value('ipv4.never-default', 'br_em02')).toBe('yes');
  expect(await value('bond.options', 'bond0')).toBe('mode=802.3ad,miimon=100,xmit_hash_policy=layer2+3');
  expect(await value('connection.autoconnect', 'bond0')).toBe('no');
  expect(await value('connection.master', 'em07')).toBe('bond0');
  expect(await value('vlan.id', 'bond0.20')).toBe('20');
  expect(await value('ipv6.gateway', 'bond0.20')).toBe('2001:db8::1');
});

test('an imported link is ours like any other: a change of it leaves one profile, the same one', async () => {
  await world.inside('nmcli', '-w', '30', 'c', 'up', 'em01');
  await world.inside('nmcli', '-w', '30', 'c', 'up', 'em02');
  await world.startController();
  const connection = await world.connect();
  const { links } = await readState(connection);
  expect(links.find(({ name }) => name === 'br_em02')).toMatchObject({
    kind: 'bridge',
    addresses: ['198.51.100.4/24'],
  });
  expect(links.find(({ name }) => name === 'em02')).toMatchObject({ controller: 'br_em02' });
  await mustMake(connection, {
    kind: 'setAddress',
    link: 'em01',
    address: '192.0.2.6',
    netmask: '24',
    gateway: '192.0.2.1',
  });
  connection.close();
  const names = readdirSync(places.profiles).filter((name) => name.startsWith('em01'));
  expect(names).toEqual(['em01.nmconnection']);
  const text = readFileSync(join(places.profiles, 'em01.nmconnection'), 'utf8');
  expect(text).toContain('uuid=8a5bb6b7-66a4-4a3e-9d0f-2f6a0a0f1c01');
  expect(text).toContain('192.0.2.6/24,192.0.2.1');
  expect(text).toContain('dns-search=example.org');
  await world.killController();
});

/** What power cuts leave: the whole change written down, and any part of it done. */
test('a run that was cut off is gone on with: never a part of the old network and a part of the new one', async () => {
  write();
  await importOld(places);
  const whole = profiles();
  const aside = join(places.scripts, 'imported');
  const pending = join(aside, '.pending');
  for (const done of [0, 1, 3, 7]) {
    write();
    mkdirSync(aside);
    writeFileSync(pending, JSON.stringify(pendingOf(whole)));
    for (const { path, text } of pendingOf(whole).puts.slice(0, done)) writeFileSync(path, text);
    const moved = done === 7 ? pendingOf(whole).moves.slice(0, 3) : [];
    for (const [from, to] of moved) renameSync(from ?? '', to ?? '');
    expect(await importOld(places)).toEqual([]);
    expect(profiles()).toBe(whole);
    expect(readdirSync(places.scripts).sort()).toEqual(['ifcfg-em01.bak', 'ifcfg-lo', 'imported']);
    expect(existsSync(pending)).toBe(false);
  }
});

function pendingOf(whole: string): {
  puts: { path: string; text: string; mode: number }[];
  moves: string[][];
} {
  const puts = whole.split(/^(?=\S+\.nmconnection$)/m).map((block) => {
    const at = block.indexOf('\n');
    const path = join(places.profiles, block.slice(0, at));
    return { path, text: `${block.slice(at + 1).trimEnd()}\n`, mode: 0o600 };
  });
  const moves = Object.keys(FILES)
    .filter((name) => name !== 'ifcfg-lo' && !name.endsWith('.bak'))
    .map((name) => [join(places.scripts, name), join(places.scripts, 'imported', name)]);
  return { puts, moves: [...moves, [places.rules, `${places.rules}.imported`]] };
}

test('where a profile cannot be written none is, and the old files stay', async () => {
  write();
  // Its name is taken by what is no file.
  mkdirSync(join(places.profiles, 'em07.nmconnection'));
  await expect(importOld(places)).rejects.toThrow();
  expect(readdirSync(places.profiles)).toEqual(['em07.nmconnection']);
  expect(readdirSync(places.scripts).sort()).toEqual([...Object.keys(FILES), 'imported'].sort());
  rmSync(join(places.profiles, 'em07.nmconnection'), { recursive: true });
  await importOld(places);
  expect(readdirSync(places.scripts).sort()).toEqual(['ifcfg-em01.bak', 'ifcfg-lo', 'imported']);
});

test('a link that has a profile keeps it', async () => {
  write();
  const own =
    '[connection]\nid=own\nuuid=0b8a4c56-9a4b-4a52-9d56-0d9f3b1e2c33\ntype=ethernet\ninterface-name=em01\n';
  writeFileSync(join(places.profiles, 'own.nmconnection'), own, { mode: 0o600 });
  const path = join(places.profiles, 'own.nmconnection');
  expect(await importOld(places)).toContain(`ifcfg-em01: stays, since there is ${path}`);
  expect(profiles()).not.toContain('192.0.2.4');
  expect(existsSync(join(places.scripts, 'ifcfg-em01'))).toBe(true);
});

test('what stays is told by file and key, and so is a name that cannot be promised', async () => {
  write();
  writeFileSync(join(places.scripts, 'ifcfg-em02'), 'DEVICE=em02\nBRIDGE=br_em02\nTEAM_CONFIG=x\n');
  writeFileSync(join(places.scripts, 'ifcfg-eth7'), 'DEVICE=eth7\nIPADDR=203.0.113.4/24\n');
  rmSync(join(places.scripts, 'ifcfg-Wired_2'));
  const before = (await oldAttention(places)).map(({ words }) => words.en);
  expect(before).toContain(
    'not taken over: ifcfg-em02: TEAM_CONFIG is not understood; with it stays ifcfg-br_em02',
  );
  expect(before).toContain('not taken over: ifcfg-bond0: waits for the next boot');
  await importOld(places);
  expect(await oldAttention(places)).toMatchObject([
    {
      words: { en: 'eth7 has no MAC address in its file: the next boot may give its address to another NIC' },
    },
    {
      words: { en: 'not taken over: ifcfg-em02: TEAM_CONFIG is not understood; with it stays ifcfg-br_em02' },
    },
  ]);
});

/** The addresses that the kernel has, of every NIC. */
const addressesNow = async (): Promise<string> => world.inside('ip', '-br', '-4', 'addr');

test('addresses, tables and rules come up on the NIC of that MAC address, whatever it is called', async () => {
  await world.killController();
  write();
  for (const file of readdirSync(places.scripts)) rmSync(join(places.scripts, file), { recursive: true });
  rmSync(places.rules);
  const files = {
    // The other way round than the NICs are found.
    'ifcfg-eth0': 'DEVICE=eth0\nHWADDR=52:54:00:00:00:02\nIPADDR=192.0.2.20/24\nIPV6INIT=no\n',
    'ifcfg-Second': 'HWADDR=52:54:00:00:00:01\nIPADDR=192.0.2.10/24\nIPV6INIT=no\n',
    'route-eth0': 'default via 192.0.2.1 table 102\nblackhole 10.99.0.0/16\n',
    'rule-eth0': 'from 192.0.2.20 table 102\n',
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(places.scripts, file), text);
  expect(await importOld(places)).toContain(
    'eth0: the name of 52:54:00:00:00:02 cannot be promised, what is set goes by the MAC address',
  );
  await world.inside('nmcli', 'c', 'reload');
  for (const name of ['eth0', 'Second']) await world.inside('nmcli', '-w', '30', 'c', 'up', name);
  expect(await addressesNow()).toMatch(/em01@\S+ +UP +192\.0\.2\.10\/24/);
  expect(await addressesNow()).toMatch(/em02@\S+ +UP +192\.0\.2\.20\/24/);
  expect(await world.inside('ip', 'route', 'show', 'table', '102')).toMatch(
    /default via 192\.0\.2\.1 dev em02/,
  );
  expect(await world.inside('ip', 'route')).toMatch(/blackhole 10\.99\.0\.0\/16/);
  expect(await world.inside('ip', 'route')).not.toMatch(/default/);
  expect(await world.inside('ip', 'rule')).toMatch(/32765:\s+from 192\.0\.2\.20 lookup 102/);
});

test('a link that goes by its MAC address is changed like others, and goes by it afterwards', async () => {
  await world.startController();
  const connection = await world.connect();
  await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '192.0.2.21', netmask: '24' });
  connection.close();
  await world.killController();
  expect(await addressesNow()).toMatch(/em02@\S+ +UP +192\.0\.2\.21\/24/);
  const texts = readdirSync(places.profiles).map((name) => readFileSync(join(places.profiles, name), 'utf8'));
  const bound = texts.filter((text) => /mac-address=52:54:00:00:00:02/i.test(text));
  expect(bound).toHaveLength(1);
  expect(bound[0]).toContain('192.0.2.21/24');
  expect(bound[0]).toContain('table=102');
  expect(bound[0]).toContain('routing-rule1=priority 32765 from 192.0.2.20 table 102');
});

test('where NetworkManager reads the old files itself they are left to it', async () => {
  write();
  mkdirSync(join(world.folder, 'plugins/1.54'), { recursive: true });
  writeFileSync(join(world.folder, 'plugins/1.54/libnm-settings-plugin-ifcfg-rh.so'), '');
  expect(await importOld(places)).toHaveLength(1);
  const names = readdirSync(places.scripts).filter((name) => name !== 'imported');
  expect(names.sort()).toEqual(Object.keys(FILES).sort());
  expect(await oldAttention(places)).toEqual([]);
  // Debian's has no such command.
  expect(await migrate(places)).toBe(undefined);
});
