import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAnswers } from '../../kickstart/answers.mts';
import { assembled } from '../../kickstart/assemble.mts';
import { problems } from '../../kickstart/check.mts';
import { generated } from '../../kickstart/generate.mts';
import { KICKSTARTS } from '../../kickstart/modes.mts';

const example: Record<string, unknown> & { network: Record<string, unknown> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../kickstart/example.json'), 'utf8'),
);
const withNetwork = (change: object) => ({ ...example, network: { ...example.network, ...change } });

async function made(given: unknown): Promise<string> {
  const answers = readAnswers(given);
  if (Array.isArray(answers)) throw new Error(answers.join('\n'));
  return generated(answers);
}

describe('the kickstarts that come with the product', () => {
  test.each(KICKSTARTS)('%s is right in both generations', async (name) => {
    const text = await assembled(name);
    expect(problems(text, 9)).toEqual([]);
    expect(problems(text, 10)).toEqual([]);
    expect(text).not.toMatch(/ksappend|rootpw/);
    expect(text).toMatch(/^@\^zs-\w+-node$/m);
  });
});

describe('the checker', () => {
  const full = 'clearpart --all\nautopart --type=lvm\nrootpw --lock\n';
  test.each([
    ['install', 9, '1: install is removed in Enterprise Linux 9'],
    ['auth --enableshadow', 10, '1: auth is removed in Enterprise Linux 10'],
    ['nvdimm use --mode=sector', 10, '1: nvdimm is removed in Enterprise Linux 10'],
    ['vnc', 10, '1: vnc is deprecated in Enterprise Linux 10'],
    ['timezone Asia/Shanghai --isUtc', 10, '1: timezone has no option --isUtc in Enterprise Linux 10'],
    ['network --device', 9, '1: network --device needs a value'],
    ['repo --baseurl=http://a/', 9, '1: repo needs --name'],
    [
      'network --device=bond0 --bondslaves=a,b --bondopts=mode=1 --vlanid=4095',
      9,
      '1: --vlanid is not a number from 1 to 4094',
    ],
    [
      'network --device=bond0 --bondslaves=a\nnetwork --device=bond0 --vlanid=5',
      9,
      '2: bond0 has a line already (1); a VLAN on a bond stands in one line with it',
    ],
    ['%packages\n@^zs-compute-node\n@^zs-expert-node\n%end', 9, '3: a second environment'],
    [
      '%packages\n@^minimal-environment\n%end',
      9,
      '2: minimal-environment is none of zs-management-node, zs-compute-node, zs-storage-node, zs-expert-node',
    ],
    ['%packages\n@core', 9, '1: %packages has no %end'],
    ['%nonsense\n', 9, '1: %nonsense is no section'],
    [full, 9, '0: no %packages: the installer would take its default mode without asking'],
  ] as const)('%s', (text, generation, says) => {
    expect(problems(text, generation)).toContain(says);
  });

  test('takes what is right', () => {
    expect(
      problems(`${full}%packages\n@^zs-compute-node\n-lldpd # not here\n%end\n%include /tmp/more.ks\n`, 9),
    ).toEqual([]);
  });
});

describe('answers of a site', () => {
  test('become a kickstart that is right in both generations, VLAN and bond in one line, the password as a hash', async () => {
    const text = await made(example);
    expect([...problems(text, 9), ...problems(text, 10)]).toEqual([]);
    expect(text).toContain(
      'network --device=bond0 --bondslaves=ens1f0,ens1f1 --bondopts=mode=802.3ad,miimon=100,lacp_rate=fast --vlanid=100 --interfacename=bond0.100 --bootproto=static --ip=192.0.2.13 --netmask=255.255.255.0 --gateway=192.0.2.1 --nameserver=192.0.2.53 --onboot=yes --activate',
    );
    expect(text).not.toContain(String(example.rootPassword));
    const [, salt = ''] = /^rootpw --iscrypted \$6\$([^$]+)\$/m.exec(text) ?? [];
    const again = execFileSync('openssl', ['passwd', '-6', '-salt', salt, '-stdin'], {
      input: `${example.rootPassword}\n`,
      encoding: 'utf8',
    });
    expect(text).toContain(`rootpw --iscrypted ${again.trim()}\n`);
  });

  test.each([
    ['mode', { ...example, mode: 'community' }],
    ['rootPassword', { ...example, rootPassword: 'short' }],
    ['rootPassword', { ...example, rootPassword: 'two\nlines of it' }],
    ['rootPassword', { ...example, rootPassword: undefined }],
    ['hostname', { ...example, hostname: 'a.b' }],
    ['hostname', { ...example, hostname: 'x --bootproto=dhcp' }],
    ['timezone', { ...example, timezone: 'Asia/Beijing2' }],
    ['timezone', { ...example, timezone: 'UTC --utc' }],
    ['language', { ...example, language: 'english' }],
    ['keyboard', { ...example, keyboard: "us'" }],
    ['ntpServers.0', { ...example, ntpServers: ['bad host'] }],
    ['ntpServers', { ...example, ntpServers: ['a', 'a'] }],
    ['disks', { ...example, disks: [] }],
    ['disks.0', { ...example, disks: ['sda --all'] }],
    ['disks.0', { ...example, disks: ['/dev/sda'] }],
    ['swapGb', { ...example, swapGb: -1 }],
    ['swapGb', { ...example, swapGb: 1.5 }],
    ['source', { ...example, source: 'ftp://a/' }],
    ['network', { ...example, network: undefined }],
    ['network.nics', withNetwork({ nics: [] })],
    ['network.nics', withNetwork({ nics: ['ens1', 'ens1'] })],
    ['network.nics.0', withNetwork({ nics: ['a name that is too long'] })],
    ['network.bond', withNetwork({ bond: 'bond0.5' })],
    ['network.bond', withNetwork({ nics: ['uplink'], bond: 'uplink' })],
    ['network.mode', withNetwork({ mode: 'lacp' })],
    ['network.vlan', withNetwork({ vlan: 4095 })],
    ['network.vlan', withNetwork({ bond: 'averylongbond', vlan: 100 })],
    ['network.address', withNetwork({ address: '192.0.2.13' })],
    ['network.address', withNetwork({ address: '192.0.2.255/24' })],
    ['network.address', withNetwork({ address: '192.0.2.13/33' })],
    ['network.gateway', withNetwork({ gateway: '198.51.100.1' })],
    ['network.gateway', withNetwork({ gateway: '192.0.2.13' })],
    ['network.gateway', withNetwork({ address: 'dhcp' })],
    ['network.nameservers.0', withNetwork({ nameservers: ['dns'] })],
    ['network.speed', withNetwork({ speed: 10 })],
    ['colour', { ...example, colour: 'blue' }],
  ])('%s is refused by its name', (field, given) => {
    const found = readAnswers(given);
    expect(Array.isArray(found) ? found.map((line) => line.split(':')[0]) : 'taken').toEqual([field]);
  });

  test('all that is wrong is told at once', () => {
    expect(readAnswers({ mode: 'x' })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^mode: /),
        'rootPassword: is missing',
        'disks: is missing',
        'network: is missing',
      ]),
    );
  });
});

describe('scripts of the kickstarts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kickstart-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A machine's /sys as the scripts read it. */
  function there(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  async function run(piece: string, env: Record<string, string>): Promise<void> {
    const text = await assembled(`pieces/${piece}.ks`);
    const script = /^%(?:pre|post)[^\n]*\n(.*?)^%end$/ms.exec(text)?.[1] ?? 'exit 1';
    execFileSync('sh', ['-c', script], { env: { PATH: process.env.PATH ?? '', ZS_OUT: folder, ...env } });
  }
  const nic = (name: string, carrier: string) => ({
    [`class/net/${name}/device/vendor`]: '',
    [`class/net/${name}/type`]: '1\n',
    [`class/net/${name}/carrier`]: `${carrier}\n`,
  });

  test('NICs with a cable become one bond; virtual links, wireless ones and those without a cable do not', async () => {
    there({
      ...nic('ens1', '1'),
      ...nic('ens2', '1'),
      ...nic('ens3', '0'),
      ...nic('wlan0', '1'),
      'class/net/wlan0/wireless/x': '',
      'class/net/virbr0/type': '1\n',
      'class/net/virbr0/carrier': '1\n',
    });
    await run('network', { ZS_SYS: folder, ZS_TRIES: '0' });
    const line = readFileSync(join(folder, 'zs-network.ks'), 'utf8');
    expect(line).toContain('--device=bond0 --bondslaves=ens1,ens2 ');
    expect([...problems(line, 9), ...problems(line, 10)]).toEqual([]);
  });

  test('without any cable nothing is configured', async () => {
    there(nic('ens1', '0'));
    await run('network', { ZS_SYS: folder, ZS_TRIES: '1' });
    expect(readFileSync(join(folder, 'zs-network.ks'), 'utf8')).toMatch(/^#/);
  });

  const disk = (name: string, removable = '0', ro = '0') => ({
    [`block/${name}/removable`]: removable,
    [`block/${name}/ro`]: ro,
    [`block/${name}/size`]: '409600',
  });

  test('the one disk is wiped; what can be removed, is read-only or no disk is left alone', async () => {
    there({
      ...disk('sda'),
      ...disk('sdb', '1'),
      ...disk('sdc', '0', '1'),
      ...disk('loop0'),
      ...disk('sr0'),
      ...disk('zram0'),
    });
    there({ 'usb1/size': '' });
    mkdirSync(join(folder, 'block/sdd'));
    for (const name of ['removable', 'ro', 'size'])
      writeFileSync(join(folder, 'block/sdd', name), name === 'size' ? '9' : '0');
    symlinkSync('../../devices/pci0/usb1/host4', join(folder, 'block/sdd/device'));
    await run('one-disk', { ZS_SYS: folder });
    const text = readFileSync(join(folder, 'zs-disk.ks'), 'utf8');
    expect(text).toContain('clearpart --all --initlabel --disklabel=gpt --drives=sda\n');
    expect(problems(`${text}%packages\n%end`, 9)).toEqual([]);
  });

  test('of two disks none is wiped', async () => {
    there({ ...disk('sda'), ...disk('nvme0n1') });
    await run('one-disk', { ZS_SYS: folder });
    expect(readFileSync(join(folder, 'zs-disk.ks'), 'utf8')).toMatch(/^# 2 disks/);
  });

  test('the medium becomes the local repository, whole; without one the node says so', async () => {
    there({ 'medium/ZSNode/repodata/repomd.xml': 'x', 'medium/.treeinfo': 'y', 'root/etc/x': '' });
    const env = { ZS_MEDIUM: join(folder, 'medium'), ZS_ROOT: join(folder, 'root') };
    await run('medium', env);
    expect(readFileSync(join(folder, 'root/opt/zstack-dvd/.treeinfo'), 'utf8')).toBe('y');
    rmSync(join(folder, 'medium'), { recursive: true });
    await run('medium', env);
    expect(readFileSync(join(folder, 'root/var/log/zs-medium.log'), 'utf8')).toContain('no local repository');
  });
});
