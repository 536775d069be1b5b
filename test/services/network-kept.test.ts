import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import { diagnose, type Finding } from '../../src/node/diagnose/schema.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { keepPresent, readHistory, takeBackChange } from '../../src/node/network/change/schema.ts';
import { eventually, make, mustMake, NetworkWorld, onceConfirming, plan } from './network-world.ts';

/** What is kept is what the next boot brings, and where it is not that is said. */

const INI = 'network_evidence_seconds = 5\nnetwork_countdown_seconds = 10\n';
const CHANGE: ChangeInput = {
  kind: 'setAddress',
  link: 'em02',
  address: '192.0.2.17',
  netmask: '24',
  gateway: '192.0.2.1',
};
const RUN_FILE = '/run/NetworkManager/system-connections/netplan-em02.nmconnection';
const PROFILE = `[connection]
id=netplan-em02
uuid=6e4ab0e5-9c12-3f6c-9aa7-c0a0c0a0c0a0
type=ethernet
interface-name=em02
autoconnect-priority=40
[ipv4]
method=manual
address1=192.0.2.66/24
`;

let world: NetworkWorld;
let connection: Connection;

const script = (text: string): Promise<string> => world.inside('sh', '-c', text);
const nmcli = (...argv: string[]): Promise<string> => world.inside('nmcli', ...argv);
const add = (name: string, address: string, ...more: string[]): Promise<string> =>
  nmcli(
    'c',
    'add',
    'type',
    'ethernet',
    'con-name',
    name,
    'ipv4.method',
    'manual',
    'ipv4.addresses',
    address,
    ...more,
  );
const autoconnect = (): Promise<string> =>
  script("nmcli -t -f name,autoconnect,autoconnect-priority,device c | grep -v '^lo:' | sort");
const address = (): Promise<string> => script('ip -4 -o addr show dev em02');

/** What `/run` has after a boot: nothing but what others write there at each. */
const writeRunFile = (): Promise<string> =>
  script(`cat > ${RUN_FILE} <<'END'\n${PROFILE}END\nchmod 600 ${RUN_FILE}`);

async function boot(): Promise<void> {
  connection.close();
  await world.stopController();
  await script('rm -rf /run/NetworkManager/devices /run/NetworkManager/system-connections/*');
  await writeRunFile();
  await script('ip addr flush dev em02; ip link set em02 down');
  await world.restartNetworkManager();
  await eventually('an address', async () => (await address()).includes('inet'));
  await world.startController();
  connection = await world.connect();
}

const findingOf = async (key: string): Promise<Finding | undefined> =>
  (await connection.call(diagnose, {})).find((each) => each.key === key);

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 3, nodeIni: INI });
  await mkRun();
  await add('a', '192.0.2.7/24', 'ifname', 'em02');
  await add('b', '192.0.2.8/24', 'ifname', 'em02', 'connection.autoconnect-priority', '10');
  await add(
    'c',
    '192.0.2.9/24',
    'ifname',
    '*',
    '802-3-ethernet.mac-address',
    '52:54:00:00:00:02',
    'connection.autoconnect-priority',
    '20',
  );
  await add('any', '192.0.2.10/24', 'ifname', '*', 'connection.autoconnect-priority', '30');
  await writeRunFile();
  await nmcli('c', 'reload');
  await nmcli('c', 'up', 'a', 'ifname', 'em02');
  await world.startController();
  connection = await world.connect();
});
afterAll(async () => {
  connection?.close();
  await world?.end();
});

const mkRun = (): Promise<string> => script('mkdir -p /run/NetworkManager/system-connections');

describe('other profiles of the same NIC', () => {
  test('are in the plan, with what becomes of each', async () => {
    const { steps, warnings } = await plan(connection, CHANGE);
    const words = steps.map((step) => step.words.en);
    expect(words.filter((line) => /no longer start/.test(line)).sort()).toEqual([
      'Let the profile "b" no longer start on em02 by itself',
      'Let the profile "c" no longer start on em02 by itself',
    ]);
    expect(warnings.map(({ en }) => en).join('\n')).toContain(`${RUN_FILE} is written anew at each boot`);
  });

  test('are as before when the change is taken back', async () => {
    const before = [await autoconnect(), await script('ls /run/NetworkManager/system-connections')];
    const refuse = onceConfirming((id) => connection.call(takeBackChange, { id }));
    const { job } = await make(connection, CHANGE, { unattended: false, onPending: refuse });
    expect(job.fault?.words.en).toBe('taken back as asked');
    expect([await autoconnect(), await script('ls /run/NetworkManager/system-connections')]).toEqual(before);
  });

  test('and it is in the history, with who tried it and why it did not stay', async () => {
    const [latest] = await connection.call(readHistory, {});
    expect(latest).toMatchObject({ id: 0, why: 'test', failed: { en: 'taken back as asked' } });
    expect(latest?.who).toMatch(/^\w+.*, script /);
    expect(latest?.difference.join('\n')).toMatch(/\+ em02: .*192\.0\.2\.17\/24/);
  });

  test('do not win at the next boot', async () => {
    await mustMake(connection, CHANGE);
    expect(await autoconnect()).toMatch(/^b:no:10:$[\s\S]*^c:no:20:$/m);
    await boot();
    expect(await address()).toContain('192.0.2.17/24');
  });
});

test('a profile that each boot writes anew gets one beside it that starts first', async () => {
  await script('rm -f /etc/NetworkManager/system-connections/*');
  await nmcli('c', 'reload');
  await nmcli('c', 'up', 'netplan-em02');
  const { steps } = await plan(connection, CHANGE);
  expect(steps.map((step) => step.words.en).join('\n')).toContain('Set em02 in a profile that lasts: ');
  await mustMake(connection, CHANGE);
  await boot();
  expect(await address()).toContain('192.0.2.17/24');
});

test('a network that is not the kept one is told, until it is kept or goes back', async () => {
  await eventually('as kept', async () => (await findingOf('kept'))?.state === 'good');
  await nmcli('c', 'up', 'netplan-em02');
  const found = await eventually('told', async () => {
    const finding = await findingOf('kept');
    return finding?.state === 'bad' ? finding : undefined;
  });
  expect(found.evidence.en).toBe('the network is not as it was kept last: em02');
  await connection.call(keepPresent, {});
  await eventually('kept now', async () => (await findingOf('kept'))?.state === 'good');
});

test('what was proven is asked again at the first boot after it', async () => {
  await mustMake(connection, { ...CHANGE, address: '192.0.2.18' });
  await world.far('ip', 'addr', 'del', '192.0.2.1/24', 'dev', 'sw0');
  writeFileSync(join(world.folder, 'boot'), '11111111-2222-3333-4444-555555555555\n');
  await script(`mount --bind ${join(world.folder, 'boot')} /proc/sys/kernel/random/boot_id`);
  await boot();
  const missing = 'since the start this is missing: gateway 192.0.2.1 on em02';
  await eventually('missing', async () => (await findingOf('kept'))?.evidence.en.includes(missing));
  await world.far('ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'sw0');
  await eventually('there again', async () => (await findingOf('kept'))?.state === 'good');
}, 300_000);
