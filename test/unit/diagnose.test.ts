import { expect, test } from 'vitest';
import { systemOf } from '../../src/node/diagnose/machine.ts';
import { MESSAGES } from '../../src/node/diagnose/messages.ts';
import { bondTroubles } from '../../src/node/diagnose/network.ts';
import { notMounted } from '../../src/system/fstab.ts';
import { holderOf } from '../../src/system/ports.ts';

const LISTENING = `LISTEN 0 80 127.0.0.1:3306 0.0.0.0:* users:(("mariadbd",pid=811,fd=21))
LISTEN 0 511 *:8080 *:* users:(("nginx",pid=9,fd=6),("nginx",pid=8,fd=6))
LISTEN 0 128 [::]:15672 [::]:* users:(("beam.smp",pid=3,fd=1))
LISTEN 0 5 0.0.0.0:5000 0.0.0.0:*
`;

test('the holder of a port is named', () => {
  expect(holderOf(LISTENING, 3306)).toBe('mariadbd');
  expect(holderOf(LISTENING, 8080)).toBe('nginx');
  expect(holderOf(LISTENING, 5000)).toBe('another program');
  expect(holderOf(LISTENING, 5672)).toBeUndefined();
});

const BOND = (partner: string, second: string, speed = '10000 Mbps') => `Ethernet Channel Bonding Driver: v6.1
Bonding Mode: IEEE 802.3ad Dynamic link aggregation
MII Status: up
802.3ad info
	Partner Mac Address: ${partner}

Slave Interface: em01
MII Status: up
Speed: 10000 Mbps

Slave Interface: em02
MII Status: ${second}
Speed: ${speed}
`;

test('bonds: partner, carrier and speeds', () => {
  const said = (text: string) => bondTroubles('bond0', text).map(({ en }) => en);
  const partner = '52:54:00:00:00:01';
  expect(said(BOND(partner, 'up'))).toEqual([]);
  expect(said(BOND('00:00:00:00:00:00', 'up'))).toEqual(['bond0: no LACP partner answers']);
  expect(said(BOND(partner, 'down', 'Unknown'))).toEqual(['em02 of bond0 has no carrier']);
  expect(said(BOND(partner, 'up', '1000 Mbps'))).toEqual([
    'bond0: speeds differ: em01 10000 Mbps, em02 1000 Mbps',
  ]);
});

test('file systems that are declared and not mounted; swap and noauto are none', () => {
  const fstab = `# comment
UUID=1 / ext4 defaults 0 1
server:/a /opt/smp/disk1 nfs defaults,_netdev 0 0
UUID=2 none swap sw 0 0
/dev/sr0 /media/cdrom iso9660 ro,noauto 0 0
/dev/sdb /with\\040blank xfs defaults 0 0
`;
  const plain = { type: 'ext4', source: 'x', root: '/', numbers: '8:1', readOnly: false };
  const mount = (mountPoint: string) => ({ mountPoint, ...plain });
  const missing = (...there: string[]) => notMounted(fstab, there.map(mount)).map(({ at }) => at);
  expect(missing('/')).toEqual(['/opt/smp/disk1', '/with blank']);
  expect(missing('/', '/opt/smp/disk1', '/with blank')).toEqual([]);
});

test('systems that this product is made for', () => {
  const fits = (id: string, version: string) =>
    systemOf(`PRETTY_NAME="X 1"\nID=${id}\nVERSION_ID="${version}"\n`).fits;
  expect([fits('debian', '12'), fits('rocky', '9.4'), fits('ol', '10')]).toEqual([true, true, true]);
  expect([fits('debian', '11'), fits('rocky', '90'), fits('arch', '')]).toEqual([false, false, false]);
});

test('each known message is found by its own pattern alone', () => {
  const lines: Record<string, string> = {
    'state-lock': 'Timed out during operation: cannot acquire state change lock (held by x)',
    machined: 'ListActivatableNames failed',
    hvm: "could not find capabilities for arch=x86_64 domaintype=kvm os type 'hvm'",
    'guest-memory': "qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory",
    'unsafe-migration': 'Unsafe migration: Migration may lead to data corruption',
    'vnic-busy': 'vnic3.0: Device or resource busy',
    msrs: 'kvm_put_msrs: Assertion `ret == n` failed',
    qcow3: 'uses a qcow2 feature: QCOW version 3',
    'rsync-23': 'rsync error: some files could not be transferred (code 23)',
    mons: 'all mons failed',
    'ceph-secret': 'could not get value of the secret for username admin',
    'guest-agent': 'guest-set-user-password error: not supported',
    'package-conflict': 'file /x from install of a conflicts with file from package b',
  };
  for (const [key, line] of Object.entries(lines)) {
    expect(MESSAGES.filter(({ pattern }) => pattern.test(line)).map((one) => one.key)).toEqual([key]);
  }
  expect(Object.keys(lines).sort()).toEqual(MESSAGES.map(({ key }) => key).sort());
});
