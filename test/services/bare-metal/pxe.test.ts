import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../servers.ts';
import { IpmiSim } from './ipmi-sim.ts';
import { madeUpMedium } from './made-up-medium.ts';
import { PxeWorld } from './pxe-world.ts';

const BMC = 'zqBmcWord1';
const ROOT = 'zqRootWord1';
const folder = madeUpMedium();
const world = new PxeWorld();
let bmc: IpmiSim;
let mac = '';
const SINCE = 'since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d';
const LEASE = 'at 10\\.88\\.0\\.1[012]\\d\\n$';

/** At the other end of the cable. */
const other = (command: string): string => world.sh(`ip netns exec other ${command}`);
const fetched = (path: string, options = ''): string =>
  other(
    `curl -s --max-time 10 -o /dev/null -w '%{http_code} %{size_download}' ${options} http://10.88.0.1:8092${path}`,
  );
const start = (...more: string[]) => world.ctl(['start_pxe', '--nic', 'lan', ...more]);
/** The server looks for three seconds whether an address is in use before it offers it. */
const hasLease = (): boolean => {
  try {
    return other('busybox udhcpc -i cable -n -q -t 10 -T 1 -s /bin/true 2>&1').includes('lease of');
  } catch {
    return false;
  }
};
const install = (...more: string[]) =>
  world.ctl(['install_machine', '--name', 'node-7', '--mac', mac, ...more], { ZSTACK_ROOT_PASSWORD: ROOT });

beforeAll(async () => {
  await world.start(folder);
  world.sh('ip netns add other; ip link set cable netns other; ip -n other link set cable up');
  other('ip addr add 10.88.0.9/24 dev cable');
  mac = other('cat /sys/class/net/cable/address');
  bmc = new IpmiSim({
    port: 623,
    users: { admin: BMC },
    there: { enter: world.init.enter, root: world.init.root },
  });
  const add = () =>
    world.ctl(['add_machine', '--name', 'node-7', '--address', '127.0.0.1', '--user', 'admin'], {
      ZSTACK_BMC_PASSWORD: BMC,
    });
  await until(async () => add().code === 0 || undefined);
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

test('it is refused on a NIC and with addresses that will not do, which are named', () => {
  world.sh('ip link add bare type veth peer name bare2');
  const wrong: [string[], RegExp][] = [
    [['start_pxe'], /^zstack-ctl: --nic is needed/],
    [['start_pxe', '--nic', 'em09'], /^zstack-ctl: there is no NIC em09/],
    [['start_pxe', '--nic', 'bare'], /^zstack-ctl: bare has no IPv4 address/],
    [['start_pxe', '--nic', 'port'], /^zstack-ctl: port is a port of lan: choose that one/],
    [['start_pxe', '--nic', 'lan', '--first', '10.88.0.5'], /^zstack-ctl: --last: is needed as well/],
    [
      ['start_pxe', '--nic', 'lan', '--first', 'x', '--last', '10.88.0.9'],
      /^zstack-ctl: --first: is not an IPv4/,
    ],
    [['start_pxe', '--nic', 'lan', '--first', '10.88.0.9', '--last', '10.88.0.8'], /before the first/],
    [
      ['start_pxe', '--nic', 'lan', '--first', '10.9.0.9', '--last', '10.9.0.9'],
      /is not in the network of 10\.88\.0\.1/,
    ],
  ];
  for (const [words, says] of wrong) expect(world.ctl(words).err).toMatch(says);
  world.sh('chmod 700 /opt/zstack-dvd/images');
  const closed = /\/opt\/zstack-dvd\/images is not for everybody to read\n.*chmod -R a\+rX \/opt\/zstack-dvd/;
  expect(start().err).toMatch(closed);
  expect(world.ctl(['pxe_status']).out).toContain('/images is not for everybody to read\n');
  world.sh('chmod 755 /opt/zstack-dvd/images');
  expect(install().err).toMatch(/^zstack-ctl: the PXE service does not run/);
});

test('it is refused while another DHCP server answers there, which is named', () => {
  const options = '--port=0 --interface=cable --bind-interfaces --user=root -C /dev/null';
  other(
    `dnsmasq ${options} --dhcp-range=10.88.0.50,10.88.0.60 --pid-file=/run/other.pid --dhcp-leasefile=/run/other`,
  );
  const { code, err } = start();
  expect(err).toContain(`another DHCP server answers on lan: 10.88.0.9 (${mac})`);
  expect(code).toBe(2);
  expect(world.ctl(['pxe_status']).out).toContain('PXE service: stopped\n');
  world.sh('kill $(cat /run/other.pid)');
});

test('it serves the medium and nothing else, to its own network alone', () => {
  expect(start('--first', '10.88.0.100', '--last', '10.88.0.120').out).toMatch(
    /^PXE service: running on lan, 10\.88\.0\.1\/24; machines get 10\.88\.0\.100 to 10\.88\.0\.120\n.*Made Up Linux 9\.0\nUEFI machines: yes\n/,
  );
  expect(start().err).toContain('it runs already, on lan');
  expect(fetched('/medium/.treeinfo')).toMatch(/^200 /);
  expect(fetched('/medium/images/install.img', '-r 4-6')).toBe('206 3');
  for (const path of [
    '/medium/',
    '/medium',
    '/',
    '/medium/images/',
    '/medium/%2e%2e/hosts',
    '/ks/',
    '/etc/passwd',
  ])
    expect(fetched(path), path).toMatch(/^404 /);
  expect(fetched('/medium/.treeinfo', '-X PUT')).toMatch(/^405 /);
  other('ip addr add 192.0.2.9/32 dev cable');
  world.sh('ip route add 192.0.2.9/32 dev lan');
  expect(fetched('/medium/.treeinfo', '--interface 192.0.2.9')).toMatch(/^403 /);
  expect(world.sh('ss -Hltn "sport = 8092"')).toMatch(/10\.88\.0\.1:8092/);
  expect(other('curl -s --max-time 10 tftp://10.88.0.1/EFI/BOOT/BOOTX64.EFI')).toBe('shim');
  expect(other('curl -s --max-time 10 tftp://10.88.0.1/kernel/vmlinuz')).toBe('kernel');
  expect(() => other('curl -s --max-time 10 tftp://10.88.0.1/../dnsmasq.conf')).toThrow();
  expect(() => other('curl -s --max-time 10 tftp://10.88.0.1//run/zs-pxe/hosts')).toThrow();
});

test('its programs have no more rights than they need', () => {
  const status = (unit: string) => world.sh(`cat /proc/$(systemctl show -P MainPID ${unit})/status`);
  // NET_BIND_SERVICE, NET_ADMIN, NET_RAW (capability.h).
  expect(status('zs-pxe.service')).toMatch(/CapBnd:\s+0000000000003400\n/);
  expect(status('zs-pxe-http.service')).toMatch(/CapBnd:\s+0+\n/);
  for (const unit of ['zs-pxe.service', 'zs-pxe-http.service']) {
    expect(status(unit)).toMatch(/^Uid:\s+64991\s/m);
    expect(status(unit)).toMatch(/NoNewPrivs:\s+1\n/);
    expect(status(unit)).toMatch(/Seccomp:\s+2\n/);
  }
});

test('a machine gets an address, its menu and its kickstart from when it is to be installed on, and tells how far it is', () => {
  expect(hasLease()).toBe(false);
  expect(install('--mac', 'x').err).toMatch(/^zstack-ctl: --mac: /);
  expect(install('--address', '10.88.0.7/24', '--gateway', '10.9.0.1').err).toMatch(
    /^zstack-ctl: --gateway: /,
  );
  expect(install('--address', '10.88.0.7/24')).toMatchObject({ code: 0 });
  expect(bmc.told).toEqual(['set boot pxe', 'set power 1']);
  expect(hasLease()).toBe(true);
  const menu = other(`curl -s --max-time 10 tftp://10.88.0.1/machines/${mac}`);
  const [, kickstart = ''] = /inst\.ks=http:\/\/10\.88\.0\.1:8092(\S+)/.exec(menu) ?? [];
  const machines = () => world.ctl(['machines']).out;
  expect(machines()).toMatch(new RegExp(`compute node: waiting ${SINCE} ${LEASE}`));
  expect(fetched(kickstart)).toMatch(/^200 /);
  expect(machines()).toMatch(new RegExp(`compute node: installing ${SINCE} ${LEASE}`));
  const text = other(`curl -s http://10.88.0.1:8092${kickstart}`);
  expect(text).toMatch(/^rootpw --iscrypted \$6\$/m);
  const [, told = ''] = /--request POST http:\/\/10\.88\.0\.1:8092(\S+)$/m.exec(text) ?? [];
  expect(fetched(told)).toMatch(/^404 /);
  expect(fetched(told, '-X POST')).toMatch(/^200 /);
  expect(machines()).toMatch(new RegExp(`compute node: installed ${SINCE}\\n$`));
  // It started from the network once more: without a kickstart the installer wipes nothing.
  expect(fetched(kickstart)).toMatch(/^410 /);
  expect(fetched('/installed/AAAAAAAAAAAAAAAAAAAAAA', '-X POST')).toMatch(/^404 /);
  // Neither the network nor anybody but root and the service sees a password.
  expect(world.sh(`grep -rl '${ROOT}' /run/zs-pxe /var/lib/zs-pxe /var/lib/zs-node || true`)).toBe('');
  expect(world.sh('find /run/zs-pxe ! -type l -perm /007')).toBe('');
});

test('stopped, nobody is answered; started again it goes on, and a machine that is cancelled has no kickstart', () => {
  expect(world.ctl(['stop_pxe']).out).toMatch(/^PXE service: stopped\n/);
  expect(() => fetched('/medium/.treeinfo')).toThrow();
  expect(hasLease()).toBe(false);
  expect(start()).toMatchObject({ code: 0 });
  expect(hasLease()).toBe(true);
  expect(world.sh('ls /run/zs-pxe/ks | wc -l')).toBe('1');
  expect(world.ctl(['cancel_install', '--name', 'node-7'])).toMatchObject({ code: 0 });
  expect(world.sh("find /run/zs-pxe -name '*.ks' -o -path '*/machines/*'")).toBe('');
  expect(hasLease()).toBe(false);
  expect(world.ctl(['cancel_install', '--name', 'node-7']).code).toBe(2);
});
