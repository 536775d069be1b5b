import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assembled } from '../../../kickstart/assemble.mts';
import { problems } from '../../../kickstart/check.mts';
import { AS_IT_COMES, firstLines } from '../../../src/node/bare-metal/plan/kickstart.ts';
import { machineKickstart } from '../../../src/node/bare-metal/plan/machine-kickstart.ts';
import type { Installation } from '../../../src/node/bare-metal/schema/install.ts';

const INSTALLATION: Installation = {
  role: 'compute',
  passwordHash: '$6$salt$hash',
  unattended: true,
  vnc: false,
  macs: ['52:54:00:00:00:01', '52:54:00:00:00:02'],
  mode: '802.3ad',
  address: '192.0.2.7/24',
  gateway: '192.0.2.1',
  nameservers: ['192.0.2.53'],
  token: 'AAAAAAAAAAAAAAAAAAAAAA',
};
const SOURCES = { medium: 'http://192.0.2.1:8092/medium', installed: 'http://192.0.2.1:8092/installed/A' };
const made = (more: Partial<Installation> = {}) =>
  machineKickstart('node-7', { ...INSTALLATION, ...more }, SOURCES);

test.each([
  ['with its disks', {}],
  ['without its disks', { unattended: false }],
  ['by DHCP', { address: 'dhcp', gateway: undefined, nameservers: [], mode: 'active-backup' }],
] as const)('it is right in both generations, %s', (_what, more) => {
  const text = made({ ...more, nameservers: [...((more as Partial<Installation>).nameservers ?? [])] });
  expect([...problems(text, 9), ...problems(text, 10)]).toEqual([]);
  expect(text).toContain('url --url=http://192.0.2.1:8092/medium\n');
  expect(text).toContain('rootpw --iscrypted $6$salt$hash\n');
  expect(/^(clearpart|zerombr|autopart)/m.test(text)).toBe(!('unattended' in more));
});

test('the lines that all kickstarts have are those of the product’s own', async () => {
  const common = (await assembled('pieces/common.ks')).split('\n');
  expect(firstLines(AS_IT_COMES)).toEqual(common.filter((line) => line !== '' && !line.startsWith('#')));
});

test('the bond is made of the NICs that have the addresses, in their order; one that is not there ends it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'machine-ks-'));
  try {
    const nic = (name: string, mac: string, real = true) => {
      mkdirSync(join(folder, 'class/net', name, real ? 'device' : '.'), { recursive: true });
      writeFileSync(join(folder, 'class/net', name, 'address'), `${mac}\n`);
    };
    const run = (more: Partial<Installation> = {}) => {
      const script = /^%pre[^\n]*\n(.*?)^%end$/ms.exec(made(more))?.[1] ?? 'exit 9';
      const env = { PATH: process.env.PATH ?? '', ZS_SYS: folder, ZS_OUT: folder };
      execFileSync('sh', ['-c', script], { env, stdio: 'pipe' });
      return readFileSync(join(folder, 'zs-network.ks'), 'utf8');
    };
    nic('ens9', '52:54:00:00:00:01');
    nic('br0', '52:54:00:00:00:02', false);
    expect(run).toThrow('no NIC has the address 52:54:00:00:00:02');
    nic('ens1', '52:54:00:00:00:02');
    const line = run();
    expect(line).toBe(
      'network --device=bond0 --bondslaves=ens9,ens1 --bondopts=mode=802.3ad,miimon=100,lacp_rate=fast --bootproto=static --ip=192.0.2.7 --netmask=255.255.255.0 --gateway=192.0.2.1 --nameserver=192.0.2.53 --onboot=yes --activate\n',
    );
    expect([...problems(line, 9), ...problems(line, 10)]).toEqual([]);
    nic('ens2', '52:54:00:00:00:03');
    const [start, free] = ['52:54:00:00:00:03', '52:54:00:00:00:04'];
    const beside = [
      { mac: start, nameservers: [] },
      { mac: free, address: '198.51.100.7/24', nameservers: ['198.51.100.53'] },
    ];
    expect(() => run({ start, beside })).toThrow(`no NIC has the address ${free}`);
    nic('ens4', free);
    const whole = run({ start, beside });
    expect(whole).toBe(
      `${line}network --device=ens2 --bootproto=dhcp --onboot=no\nnetwork --device=ens4 --bootproto=static --ip=198.51.100.7 --netmask=255.255.255.0 --nameserver=198.51.100.53 --onboot=yes --activate\n`,
    );
    expect([...problems(whole, 9), ...problems(whole, 10)]).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
