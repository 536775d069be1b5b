import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importOld, type OldPlaces } from '../../src/node/network/old/import.ts';
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
  'route-em01':
    '10.9.0.0/16 via 192.0.2.9 metric 7\nADDRESS0=10.8.0.0\nNETMASK0=255.255.0.0\nGATEWAY0=192.0.2.8\n',
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
SUBSYSTEM=="usb", NAME="no"
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
  };
});
afterAll(() => world?.end());

function write(): void {
  for (const folder of [places.scripts, places.linkFiles]) rmSync(folder, { recursive: true, force: true });
  for (const file of readdirSync(places.profiles)) rmSync(join(places.profiles, file));
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

test('a link that has a profile keeps it; a run that was cut off is gone on with', async () => {
  write();
  await importOld(places);
  const whole = profiles();
  write();
  // Cut off after the profile was written, before the old file went aside.
  const [first = ''] = whole.split('\nem01.nmconnection\n').slice(1);
  writeFileSync(join(places.profiles, 'em01.nmconnection'), first.split('\nem02.nmconnection\n')[0] ?? '', {
    mode: 0o600,
  });
  await importOld(places);
  expect(profiles()).toBe(whole);
  write();
  const own =
    '[connection]\nid=own\nuuid=0b8a4c56-9a4b-4a52-9d56-0d9f3b1e2c33\ntype=ethernet\ninterface-name=em01\n';
  writeFileSync(join(places.profiles, 'own.nmconnection'), own, { mode: 0o600 });
  expect(await importOld(places)).toContain(
    'em01: has a profile already, its old files are left where they are',
  );
  expect(profiles()).not.toContain('192.0.2.4');
  expect(existsSync(join(places.scripts, 'ifcfg-em01'))).toBe(true);
});

test('where NetworkManager reads the old files itself they are left to it', async () => {
  write();
  mkdirSync(join(world.folder, 'plugins/1.54'), { recursive: true });
  writeFileSync(join(world.folder, 'plugins/1.54/libnm-settings-plugin-ifcfg-rh.so'), '');
  expect(await importOld(places)).toHaveLength(1);
  expect(readdirSync(places.scripts).sort()).toEqual(Object.keys(FILES).sort());
});
