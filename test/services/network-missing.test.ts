import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import { diagnose } from '../../src/node/diagnose/schema.ts';
import { watchFacts } from '../../src/node/facts/schema.ts';
import { eventually, mustMake, NetworkWorld, plan } from './network-world.ts';

/** As an import of an old file without DEVICE leaves it. */
const BY_MAC = `[connection]
id=storage
type=ethernet
uuid=3f0c5a52-0c5e-4f7b-8d38-5e2f1d6a7b10
[ethernet]
mac-address=52:54:00:00:00:03
[ipv4]
method=manual
address1=203.0.113.7/24
dns-search=storage.example;
[ipv6]
method=disabled
`.replaceAll('\n', '\\n');

let world: NetworkWorld;
let connection: Connection;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 4, nodeIni: 'network_evidence_seconds = 5\n' });
  await world.startController();
  connection = await world.connect();
  await mustMake(connection, {
    kind: 'setAddress',
    link: 'em01',
    address: '192.0.2.4',
    netmask: '24',
    gateway: '192.0.2.1',
  });
  await mustMake(connection, { kind: 'setManagement', link: 'em01' });
  await mustMake(connection, { kind: 'createBridge', link: 'em02', address: '198.51.100.7', netmask: '24' });
  await sh(`printf '${BY_MAC}' > /etc/NetworkManager/system-connections/storage.nmconnection
    chmod 600 /etc/NetworkManager/system-connections/storage.nmconnection; nmcli c reload; nmcli -w 20 c up storage`);
});
afterAll(async () => {
  connection?.close();
  await world?.end();
});

const sh = (script: string) => world.inside('sh', '-c', script);
async function attention(): Promise<string[]> {
  const stop = new AbortController();
  let lines: string[] = [];
  const watching = connection
    .call(
      watchFacts,
      {},
      {
        signal: stop.signal,
        onItem: ({ attention: found }) => {
          if (found === undefined) return;
          lines = found.map(({ words, where }) => `${words.en} -> ${where?.en ?? ''}`);
          if (lines.some((line) => /is not there/.test(line))) stop.abort();
        },
      },
    )
    .catch(() => undefined);
  setTimeout(() => stop.abort(), 1000).unref();
  await watching;
  return lines.filter((line) => /is not there/.test(line));
}

/** The disk in another machine: NICs of other names and MACs in the same slots. */
async function moved(): Promise<void> {
  await world.killController();
  await sh(`kill -STOP $(cat ${world.folder}/nm.pid)
    for n in 1 2 3; do ip link set em0$n down nomaster; ip addr flush dev em0$n; ip link set em0$n name ens1$n address 52:54:00:00:01:0$n; done
    rm -f /run/NetworkManager/devices/*`);
  await world.restartNetworkManager();
  await world.startController();
  connection = await world.connect();
}

test('nothing is missing', async () => {
  expect(await attention()).toEqual([]);
});

test('what is configured and not there is told with MAC, address and the way out, by Diagnose as well', async () => {
  await moved();
  const lines = await eventually('told', async () => {
    const found = await attention();
    return found.length >= 3 ? found : undefined;
  });
  expect(lines).toEqual([
    'NIC em01 (52:54:00:00:00:01) is not there: the management network, 192.0.2.4/24 -> F2, Rename NIC or Emergency Network Reset',
    'NIC em02 (52:54:00:00:00:02) is not there: a port of br_em02 -> F2, Rename NIC or Emergency Network Reset',
    'NIC 52:54:00:00:00:03 is not there: 203.0.113.7/24 -> F2, Rename NIC or Emergency Network Reset',
  ]);
  const findings = await connection.call(diagnose, {});
  expect(findings.find(({ key }) => key === 'missing-nics')).toMatchObject({
    state: 'bad',
    remedy: { en: 'F2, Rename NIC or Emergency Network Reset' },
  });
});

test.each([
  [[{ missing: 'em09', nic: 'ens11' }], 'no missing NIC is called "em09"'],
  [[{ missing: 'em01', nic: 'br_em02' }], 'br_em02 is not a physical'],
  [[{ missing: 'em01', nic: 'em07' }], 'there is no link "em07"'],
  [
    [
      { missing: 'em01', nic: 'ens11' },
      { missing: 'em02', nic: 'ens11' },
    ],
    'one NIC is named twice',
  ],
])('%j is refused', async (pairs, why) => {
  await expect(plan(connection, { kind: 'replaceNics', pairs })).rejects.toThrow(why);
});

test('all at once by the order of the slots: the plan names the pairs, and all is as it was, for the next boot too', async () => {
  const { steps } = await plan(connection, { kind: 'replaceNics' });
  const words = steps.map((step) => step.words.en).join('\n');
  expect(words).toContain('Rename ens11 to em01\nSet em01: 192.0.2.4/24, gateway 192.0.2.1\nBring em01 up');
  expect(words).toContain('Rename ens12 to em02\nSet em02: port of br_em02\nBring em02 up');
  expect(words).toContain('Set ens13: 203.0.113.7/24');
  await mustMake(connection, { kind: 'replaceNics' });
  const addresses = await sh('ip -br -4 a');
  expect(addresses).toMatch(/em01@\S+\s+UP\s+192\.0\.2\.4\/24/);
  expect(addresses).toMatch(/br_em02\s+UP\s+198\.51\.100\.7\/24/);
  expect(addresses).toMatch(/ens13@\S+\s+UP\s+203\.0\.113\.7\/24/);
  const profile = await sh('grep -l 3f0c5a52 /etc/NetworkManager/system-connections/* | xargs cat');
  expect(profile).toContain('interface-name=ens13');
  expect(profile).toContain('dns-search=storage.example;');
  expect(profile).not.toContain('mac-address');
  expect(await sh('grep -h Name= /etc/systemd/network/10-zs-525400000101.link')).toContain('Name=em01');
  await eventually('nothing is missing', async () => (await attention()).length === 0);
  await expect(plan(connection, { kind: 'replaceNics' })).rejects.toThrow('no NIC is missing');
});

test('one by one, a profile that was bound by the MAC address is bound by the name afterwards; the old file of that name goes', async () => {
  await sh(`nmcli c modify $(nmcli -g GENERAL.CONNECTION d show em01) 802-3-ethernet.mac-address 52:54:00:00:01:01
    printf '[Match]\nPermanentMACAddress=52:54:00:00:09:09\n\n[Link]\nName=em01\n' > /etc/systemd/network/10-zs-525400000909.link`);
  await world.killController();
  await sh(
    `kill -STOP $(cat ${world.folder}/nm.pid); ip link set em01 down; ip addr flush dev em01; ip link set em01 name ens21 address 52:54:00:00:02:01`,
  );
  await world.restartNetworkManager();
  await world.startController();
  connection = await world.connect();
  await mustMake(connection, { kind: 'replaceNics', pairs: [{ missing: 'em01', nic: 'ens21' }] });
  expect(await sh('ip -br -4 a')).toMatch(/em01@\S+\s+UP\s+192\.0\.2\.4\/24/);
  expect(await sh('grep -l Name=em01 /etc/systemd/network/10-zs-*')).toBe(
    '/etc/systemd/network/10-zs-525400000201.link\n',
  );
});
