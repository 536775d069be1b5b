import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../src/system/exec.ts';
import { mustMake, NetworkWorld } from './network-world.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
/** The way out depends on no setting that makes sense. */
const SENSELESS =
  '\ufeff[node]\nidle_minutes = 240\nnetwork_evidence_seconds = 5\nmanagement_address = em01\n';
let world: NetworkWorld;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 3, nodeIni: SENSELESS });
  await world.startController();
  const connection = await world.connect();
  await mustMake(connection, { kind: 'setAddress', link: 'em01', address: '192.0.2.4', netmask: '24' });
  await mustMake(connection, { kind: 'createBridge', link: 'em01' });
  await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '198.51.100.7', netmask: '24' });
  connection.close();
});
afterAll(() => world?.end());

const reset = (...words: string[]) =>
  run(
    [...world.enter, process.execPath, CLI, 'zs-network-reset', ...words, '--data', `${world.folder}/data`],
    {
      timeout: 100_000,
    },
  );

test('without --yes and without a terminal nothing happens', async () => {
  const { code, stderr } = await reset('em01', '192.0.2.5', '24');
  expect([code, stderr]).toEqual([2, 'zs-network-reset: --yes is needed without a terminal\n']);
});

test.each([
  [['em09', 'dhcp'], 'there is no NIC "em09"'],
  [['br_em01', 'dhcp'], '"br_em01" is a bridge: give a NIC'],
  [['em01', '192.0.2.5'], 'NETMASK: is empty'],
  [['em01', '192.0.2.0', '24'], 'ADDRESS: is the address of the network'],
])('%j is refused', async (words, text) => {
  const { code, stderr } = await reset(...words, '--yes');
  expect(code).toBe(2);
  expect(stderr).toContain(text);
});

test('one NIC with one address is left, also when the profiles are unreadable; what was is kept', async () => {
  await world.inside(
    'sh',
    '-c',
    'head -c 400 /dev/urandom > /etc/NetworkManager/system-connections/broken.nmconnection',
  );
  const { code, stdout, stderr } = await reset('em01', '192.0.2.5', '255.255.255.0', '192.0.2.1', '--yes');
  expect([code, stderr]).toEqual([0, '']);
  const addresses = await world.inside('ip', '-br', '-4', 'addr');
  expect(addresses).toMatch(/em01@\S+\s+UP\s+192\.0\.2\.5\/24/);
  expect(addresses).not.toMatch(/br_em01|198\.51\.100\.7/);
  expect((await world.inside('ls', '/etc/NetworkManager/system-connections')).trim()).toBe(
    'em01-reset.nmconnection',
  );
  const copy = stdout.replace('copy of what was: ', '').trim();
  expect(await world.inside('ls', copy)).toContain('br_em01.nmconnection');
  expect(await world.far('ping', '-n', '-c', '1', '-W', '1', '192.0.2.5')).toContain(' 1 received');
});

test('no DHCP server answers: that is said, and that the reset is made', async () => {
  const { code, stderr } = await reset('em02', 'dhcp', '--yes');
  expect(code).toBe(1);
  expect(stderr).toContain('em02 did not come up: no address could be had');
  expect(stderr).toContain('the reset is made all the same: only em02 has a profile; copy of what was: /');
  expect(await world.inside('ls', '/etc/NetworkManager/system-connections')).toBe(
    'em02-reset.nmconnection\n',
  );
});
