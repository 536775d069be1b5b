import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/system/exec.ts';
import { eventually, mustMake, NetworkWorld, plan } from './network-world.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const CONF = '/etc/NetworkManager/conf.d/leave.conf';
let world: NetworkWorld;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 4, nodeIni: 'network_evidence_seconds = 5\n' });
  await world.startController();
  const connection = await world.connect();
  await mustMake(connection, { kind: 'setAddress', link: 'em01', address: '192.0.2.4', netmask: '24' });
  connection.close();
});
afterAll(() => world?.end());

const sh = (script: string) => world.inside('sh', '-c', script);
const reset = (...words: string[]) =>
  run(
    [...world.enter, process.execPath, CLI, 'zs-network-reset', ...words, '--data', `${world.folder}/data`],
    { timeout: 100_000 },
  );
const managed = async (nic: string, is: boolean) =>
  eventually(
    `${nic} ${is}`,
    async () => (await sh(`nmcli -g GENERAL.STATE d show ${nic}`)).startsWith('10 ') !== is,
  );
const startedAnew = async () => {
  await sh('rm -f /run/NetworkManager/devices/*');
  await world.restartNetworkManager();
};
/** Profiles, links and addresses: what a reset that is refused leaves as it is. */
const facts = () =>
  sh('ls /etc/NetworkManager/system-connections; ip -br -4 a; cat /etc/network/interfaces 2>&1 || :');

describe('a setting that the reset does not touch', () => {
  afterAll(() => sh(`rm -f ${CONF}; nmcli general reload`));
  beforeEach(async () => {
    await sh(`rm -f ${CONF}; nmcli general reload`);
    await managed('em03', true);
  });

  test.each([
    [
      '[keyfile]\n# em03\nunmanaged-devices=interface-name:em03\n',
      ':3: unmanaged-devices=interface-name:em03',
    ],
    [
      '[keyfile]\nunmanaged-devices=*,except:interface-name:em01\n',
      ':2: unmanaged-devices=*,except:interface-name:em01',
    ],
    ['[device-x]\nmatch-device=interface-name:em03\nmanaged=0\n', ':3: managed=0'],
  ])('%j is known before the first step, by file and line', async (text, where) => {
    await sh(`printf '${text.replaceAll('\n', '\\n')}' > ${CONF}; nmcli general reload`);
    // A device section counts for devices that it does not remember.
    if (text.startsWith('[device')) await startedAnew();
    await managed('em03', false);
    const before = await facts();
    for (const options of [['--yes'], ['--dry-run']]) {
      const { code, stderr } = await reset('em03', '192.0.2.5', '24', ...options);
      expect([code, stderr.split('\n')[0]]).toEqual([
        2,
        `zs-network-reset: NetworkManager may not manage em03: ${CONF}${where}`,
      ]);
      expect(stderr).toContain(`take em03 out of ${CONF}`);
    }
    expect(await facts()).toBe(before);
    const connection = await world.connect();
    const change = { kind: 'setAddress' as const, link: 'em03', address: '192.0.2.5', netmask: '24' };
    await expect(plan(connection, change)).rejects.toThrow(
      `em03 is not managed by NetworkManager: ${CONF}${where}`,
    );
    connection.close();
    if (text.startsWith('[device')) {
      await sh(`rm ${CONF}`);
      await startedAnew();
    }
  });
});

test('told by command to leave it alone, or switched off as a whole, it is told to take it', async () => {
  await sh('nmcli d set em02 managed no; nmcli networking off');
  const { code, stderr } = await reset('em02', '192.0.2.22', '24', '--yes');
  expect([code, stderr]).toEqual([0, '']);
  expect(await sh('ip -br -4 a show em02')).toContain('192.0.2.22/24');
});

test('folder of profiles missing: it is made', async () => {
  await sh('rm -rf /etc/NetworkManager/system-connections');
  const { code, stderr } = await reset('em02', '192.0.2.23', '24', '--yes');
  expect([code, stderr]).toEqual([0, '']);
  expect(await sh('stat -c %a /etc/NetworkManager/system-connections')).toBe('700\n');
});

test("Debian's ifupdown: its file is taken over, and kept beside", async () => {
  const text =
    'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\nauto em03\niface em03 inet static\n  address 198.51.100.9/24\n';
  await sh(`mkdir -p /etc/network/interfaces.d; printf '${text.replaceAll('\n', '\\n')}' > /etc/network/interfaces
    printf 'iface em04 inet dhcp\\n' > /etc/network/interfaces.d/em04
    sed -i 's/plugins=keyfile/plugins=ifupdown,keyfile/' /etc/NetworkManager/NetworkManager.conf
    printf '[ifupdown]\\nmanaged=false\\n' >> /etc/NetworkManager/NetworkManager.conf
    ip addr add 198.51.100.9/24 dev em03; ip link set em03 up`);
  await world.restartNetworkManager();
  await managed('em03', false);
  const connection = await world.connect();
  const change = { kind: 'setAddress' as const, link: 'em03', address: '192.0.2.5', netmask: '24' };
  await expect(plan(connection, change)).rejects.toThrow(
    'em03 is not managed by NetworkManager: /etc/network/interfaces:4: auto em03',
  );
  connection.close();
  const dry = await reset('em03', '192.0.2.5', '24', '--dry-run');
  expect([dry.code, dry.stderr]).toEqual([0, '']);
  expect(dry.stdout).toContain('Set aside: /etc/network/interfaces; its interfaces are');
  expect(await sh('cat /etc/network/interfaces')).toBe(text);
  const { code, stdout, stderr } = await reset('em03', '192.0.2.5', '24', '192.0.2.1', '--yes');
  expect([code, stderr]).toEqual([0, '']);
  expect(await sh('ip -br -4 a show em03')).toMatch(/192\.0\.2\.5\/24 *\n$/);
  expect(await sh('ip -br -4 a show em02')).not.toContain('192.0.2.23');
  expect(await sh('cat /etc/network/interfaces')).toMatch(/^#.*\nauto lo\niface lo inet loopback\n$/);
  expect(await sh('ls /etc/network/interfaces.d')).toBe('');
  const copy = stdout.replace('copy of what was: ', '').trim();
  expect(await sh(`cat ${copy}/interfaces; ls ${copy}/interfaces.d`)).toBe(`${text}em04\n`);
  await world.restartNetworkManager();
  await eventually('again', async () => /192\.0\.2\.5\/24/.test(await sh('ip -br -4 a show em03')));
});

test("files of the older generation are set aside too, and nothing of other programs' that stands elsewhere", async () => {
  await sh(`mkdir -p /etc/sysconfig/network-scripts; cd /etc/sysconfig/network-scripts
    printf 'DEVICE=em01\\nNM_CONTROLLED=no\\n' > ifcfg-em01; printf 'DEVICE=lo\\n' > ifcfg-lo; touch route-em01 ifup
    ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up
    ip link add br0 type bridge; ip link set em01 master br0; ip addr add 192.0.2.4/24 dev br0; ip link set br0 up; ip link set em01 up`);
  await eventually('shown', async () => /docker0:connected/.test(await sh('nmcli -t -f DEVICE,STATE d')));
  const { code, stdout, stderr } = await reset('em01', '192.0.2.4', '24', '192.0.2.1', '--yes');
  expect([code, stderr]).toEqual([0, '']);
  const copy = stdout.replace('copy of what was: ', '').trim();
  expect(await sh(`ls ${copy}/network-scripts`)).toBe('ifcfg-em01\nroute-em01\n');
  expect(await sh('ls /etc/sysconfig/network-scripts')).toBe('ifcfg-lo\nifup\n');
  const addresses = await sh('ip -br -4 a');
  expect(addresses).toMatch(/docker0\s.*172\.17\.0\.1\/16/);
  expect(addresses).toMatch(/em01@\S+\s+UP\s+192\.0\.2\.4\/24/);
  expect(await sh('ip -br link')).not.toMatch(/^br0/m);
  expect(await world.far('ping', '-n', '-c', '1', '-W', '1', '192.0.2.4')).toContain(' 1 received');
});
