import { expect } from 'vitest';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  attention,
  begin,
  DEBIANS_NOW,
  ended,
  joined,
  LIMIT,
  NODE,
  OTHER,
  reached,
} from './driver/managed.ts';
import { until } from './driver/wait.ts';

const SCRIPTS = '/etc/sysconfig/network-scripts';
const RULES = '/etc/udev/rules.d/70-persistent-net.rules';
const UUID = '8a5bb6b7-66a4-4a3e-9d0f-2f6a0a0f1c01';

/** As an older generation's installer and scripts wrote them: a NIC with a name of its own and two addresses. */
const FILES: Record<string, string> = {
  'ifcfg-lo': 'DEVICE=lo\nIPADDR=127.0.0.1\n',
  'ifcfg-em01': `TYPE=Ethernet
DEVICE="em01"
NAME="System em01"
UUID=${UUID}
ONBOOT=yes
BOOTPROTO=none
IPADDR=${NODE}
NETMASK=255.255.255.0
GATEWAY=${OTHER}
IPV6INIT=no
`,
  'ifcfg-em01:1': 'DEVICE=em01:1\nIPADDR=192.0.2.5\nPREFIX=24\n',
  'route-em01': '10.9.0.0/16 via 192.0.2.9\ndefault via 192.0.2.9 table 102\n',
  'rule-em01': 'from 192.0.2.5 table 102\n',
  'ifcfg-em01.bak': 'DEVICE=em01\nIPADDR=203.0.113.9\nPREFIX=24\n',
};
/** Which stay where they are: a copy that somebody left, and a link of another program's. */
const LEFT: Record<string, string> = {
  'ifcfg-em01.20240101': `DEVICE=em01\nIPADDR=192.0.2.99\nPREFIX=24\nGATEWAY=${OTHER}\n`,
  'ifcfg-team0': 'DEVICE=team0\nDEVICETYPE=Team\nTEAM_CONFIG=\'{"runner": {"name": "lacp"}}\'\n',
};
const TOLD = [
  'warn: not taken over: ifcfg-em01.20240101: DEVICE em01 was taken over already',
  'warn: not taken over: ifcfg-team0: DEVICETYPE "Team" is not understood',
];
/** A NIC that only its hardware address tells. */
const storage = (mac: string) =>
  `HWADDR=${mac.toUpperCase()}\nBOOTPROTO=none\nIPADDR=198.51.100.10/24\nIPV6INIT=no\n`;
const rule = (mac: string, name: string) =>
  `SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="${mac}", ATTR{type}=="1", NAME="${name}"\n`;

/** What is on disk of the older generation and of NetworkManager. */
const onDisk = (node: Machine): Promise<string> =>
  node.shell(
    `cd /etc; ls -A sysconfig/network-scripts sysconfig/network-scripts/imported udev/rules.d systemd/network NetworkManager/system-connections
grep -v '^timestamp=' systemd/network/* NetworkManager/system-connections/*`,
  );

/** The node at its address by the NIC of its old name, with one connection that nobody else claims. */
async function expectAsBefore(node: Machine, other: Machine): Promise<void> {
  await reached(other);
  const both = async () =>
    /192\.0\.2\.4\/24 192\.0\.2\.5\/24/.test(await node.shell('ip -br -4 a show em01')) || undefined;
  await until('both addresses', both, { limitMs: LIMIT });
  expect(await node.shell('ip -4 route')).toMatch(/10\.9\.0\.0\/16 via 192\.0\.2\.9 dev em01/);
  expect(await node.shell('ip -4 route show table 102')).toMatch(/default via 192\.0\.2\.9 dev em01/);
  expect(await node.shell('ip rule')).toMatch(/from 192\.0\.2\.5 lookup 102/);
  expect(await node.shell('ip -br link')).not.toContain('ens16');
  expect(await node.shell('ip -br -4 a show ens17')).toMatch(/198\.51\.100\.10\/24/);
  await until('what stays is told', () => toldOf(node), { limitMs: LIMIT });
  const connections = await node.run(['nmcli', '-t', '-f', 'uuid,device,filename', 'c', 'show']);
  const ours = connections.split('\n').filter((line) => /em01|ens16/.test(line));
  expect(ours).toEqual([`${UUID}:em01:/etc/NetworkManager/system-connections/em01.nmconnection`]);
  // Newer versions have the loopback there.
  expect(await node.shell('ls -A /run/NetworkManager/system-connections | grep -v ^lo || true')).toBe('');
}

async function toldOf(node: Machine): Promise<true | undefined> {
  const lines = await attention(node);
  return TOLD.every((line) => lines.includes(line)) || undefined;
}

/** The controller may have looked before the address was there. */
const nothingBad = async (node: Machine): Promise<true | undefined> =>
  !(await attention(node)).some((line) => line.startsWith('bad')) || undefined;

for (const [name, options] of DEBIANS_NOW) {
  machineTest(
    `${name} boots with the network files of an older generation: same names and addresses, one connection, files aside`,
    async (lab) => {
      const { node, other, ports } = await joined(lab, options);
      await node.run(['mkdir', '-p', SCRIPTS]);
      for (const [file, text] of Object.entries({ ...FILES, ...LEFT }))
        await node.put(`${SCRIPTS}/${file}`, text);
      await node.put(`${SCRIPTS}/ifcfg-Storage`, storage(ports[1]?.mac ?? ''));
      await node.put(RULES, rule(ports[0]?.mac ?? '', 'em01'));
      await node.run(['sync']);
      await node.powerCut();
      await node.start();
      await node.agent.ready(LIMIT);
      await expectAsBefore(node, other);
      const disk = await onDisk(node);
      expect((await node.shell(`ls -A ${SCRIPTS}`)).trim().split('\n').sort()).toEqual([
        'ifcfg-em01.20240101',
        'ifcfg-em01.bak',
        'ifcfg-lo',
        'ifcfg-team0',
        'imported',
      ]);
      for (const file of ['ifcfg-em01', 'ifcfg-em01:1', 'route-em01', 'rule-em01'])
        expect((await node.get(`${SCRIPTS}/imported/${file}`)).toString()).toBe(FILES[file]);
      expect((await node.get(`${RULES}.imported`)).toString()).toContain('NAME="em01"');
      const said = await node.run(['journalctl', '-b', '-q', '-o', 'cat', '-u', 'zs-controller-recover']);
      expect(said).toContain('em01: imported into /etc/NetworkManager/system-connections/em01.nmconnection');
      await until('nothing bad on the main screen', () => nothingBad(node), { limitMs: LIMIT });

      // By the files of now alone: the old ones are nobody's any more.
      await node.run(['sync']);
      await node.powerCut();
      await node.start();
      await node.agent.ready(LIMIT);
      await expectAsBefore(node, other);
      expect(await onDisk(node)).toBe(disk);
      await until('nothing bad on the main screen', () => nothingBad(node), { limitMs: LIMIT });

      const change = { kind: 'createBond', name: 'bond0', mode: 'active-backup', members: ['em01', 'ens17'] };
      await begin(node, change, true);
      expect(await ended(node)).not.toContain('"fault"');
      await reached(other);
      expect(await node.shell('ip -br -4 a show bond0')).toMatch(/192\.0\.2\.4\/24 192\.0\.2\.5\/24/);
    },
    25,
  );
}
