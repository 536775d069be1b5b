import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import { bootedDebian, LOGIN_PROMPT } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { eventually, until } from './driver/wait.ts';

// What the tests of the appliance rest on, shown on a Debian without it.

const PRINTABLE = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));

async function logIn(machine: Machine): Promise<void> {
  await machine.screen.see(LOGIN_PROMPT);
  await machine.keyboard.type('root\n');
  await machine.screen.see(/Password:/);
  await machine.keyboard.type(`${ROOT_PASSWORD}\n`);
  await machine.screen.see(/root@node1:~#/);
}

machineTest('every printable character that is typed arrives and is read from the glyphs', async (lab) => {
  const machine = await lab.clone(await bootedDebian());
  await logIn(machine);
  await machine.keyboard.type('cat > typed\n');
  // Only then is the terminal the program's, which shows what is typed.
  await until(
    'the program',
    async () => (await machine.attempt(['pgrep', '-x', 'cat'])).code === 0 || undefined,
  );
  await machine.keyboard.type(`${PRINTABLE}\n`);
  await machine.keyboard.press('ctrl', 'd');
  await machine.screen.see(/root@node1:~# *$/m);
  expect((await machine.get('/root/typed')).toString()).toBe(`${PRINTABLE}\n`);
  expect(await machine.screen.text()).toContain(PRINTABLE.trim());
});

machineTest(
  'the screen is read as drawn: box lines, colour, cursor, and no glyph where the font has none',
  async (lab) => {
    const machine = await lab.clone(await bootedDebian());
    await machine.screen.see(LOGIN_PROMPT);
    await machine.shell(`printf '\\033[2J\\033[H\\033[31m┌─┐\\033[0m é ▃' > /dev/tty1`);
    const grid = await machine.screen.grid();
    expect(grid.lines[0]?.slice(0, 6)).toBe('┌─┐ é ');
    expect(grid.lines[0]?.[6]).not.toBe('▃');
    expect(grid.colour(0, 0).foreground).toBe(4);
    expect(grid.cursor).toEqual({ row: 0, column: 7 });
  },
);

machineTest('Ctrl+Alt+Fn changes the terminal in front, and the picture with it', async (lab) => {
  const machine = await lab.clone(await bootedDebian());
  await machine.keyboard.press('ctrl', 'alt', 'f2');
  await machine.screen.front(2);
  await machine.screen.see(LOGIN_PROMPT, { terminal: 2 });
  const picture = join(machine.dir, 'tty2.png');
  await machine.screenshot(picture);
  expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
  await machine.keyboard.press('ctrl', 'alt', 'f1');
  await machine.screen.front(1);
});

machineTest('the serial line, ssh and files reach the machine', async (lab) => {
  const machine = await lab.clone(await bootedDebian());
  await machine.serial.see(LOGIN_PROMPT);
  machine.serial.send('root\r');
  await machine.serial.see(/Password:/);
  const content = randomBytes(300_000);
  await machine.put('/root/file', content, '600');
  expect(await machine.get('/root/file')).toEqual(content);
  const ssh = await machine.ssh();
  await writeFile(join(machine.dir, 'up'), content);
  await ssh.upload(join(machine.dir, 'up'), '/root/up');
  await ssh.download('/root/file', join(machine.dir, 'down'));
  expect(await readFile(join(machine.dir, 'down'))).toEqual(content);
  expect((await machine.run(['cmp', '/root/up', '/root/file'])).trim()).toBe('');
  const terminal = await ssh.terminal();
  terminal.send('tty\r');
  await terminal.see(/\/dev\/pts\/\d/);
  ssh.end();
});

machineTest('a command that fails, hangs or does not exist is told apart', async (lab) => {
  const machine = await lab.clone(await bootedDebian());
  expect((await machine.attempt(['false'])).code).toBe(1);
  expect((await machine.attempt(['no-such-program'])).code).toBe(127);
  expect((await machine.attempt(['sleep', '1000'], { limitMs: 1000 })).code).toBe(124);
  expect((await machine.attempt(['sh', '-c', 'kill -9 $$'])).code).toBe(137);
  await expect(machine.run(['sh', '-c', 'echo reason >&2; exit 3'])).rejects.toThrow(/code 3\nreason/);
});

machineTest(
  'a power cut loses what was not written and keeps what was; the machine boots again',
  async (lab) => {
    const machine = await lab.clone(await bootedDebian());
    await machine.shell('echo kept > /root/kept && sync /root/kept /root && echo lost > /root/lost');
    await machine.powerCut();
    await machine.start();
    await machine.agent.ready();
    expect((await machine.get('/root/kept')).toString()).toBe('kept\n');
    expect((await machine.attempt(['test', '-s', '/root/lost'])).code).toBe(1);
  },
);

async function twoWith(lab: Lab, plug: (machine: Machine) => Promise<void>): Promise<[Machine, Machine]> {
  const snapshot = await bootedDebian();
  const pair = await Promise.all([
    lab.clone(snapshot, { name: 'left' }),
    lab.clone(snapshot, { name: 'right' }),
  ]);
  for (const machine of pair) await plug(machine);
  return pair;
}

async function address(machine: Machine, device: string, cidr: string): Promise<void> {
  await machine.shell(`ip link set ${device} up && ip address add ${cidr} dev ${device}`);
}

/** A NIC that was plugged in comes by and by, and has its name last. */
const named = (machine: Machine, nic: string): Promise<string> =>
  machine.shell(`until [ -e /sys/class/net/${nic} ]; do sleep 0.2; done; udevadm settle`);

const reached = (machine: Machine, to: string): Promise<unknown> =>
  until(`${to} answers`, async () => (await ping(machine, to)).code === 0 || undefined);

const ping = (machine: Machine, to: string) =>
  machine.attempt(['ping', '-c', '3', '-i', '0.2', '-W', '2', to]);

machineTest('a switch carries VLANs where they belong, and a cut link nothing', async (lab) => {
  const wires = lab.network();
  const [left, right] = await twoWith(lab, async (machine) => {
    await machine.plug(wires.port({ trunk: [20] }));
    await machine.plug(wires.port({ access: 30 }));
  });
  for (const [machine, host] of [
    [left, 1],
    [right, 2],
  ] as const) {
    for (const nic of ['ens16', 'ens17']) await named(machine, nic);
    await address(machine, 'ens16', `10.8.0.${host}/24`);
    await address(machine, 'ens17', `10.30.0.${host}/24`);
    for (const vlan of [20, 21]) {
      await machine.shell(`ip link add link ens16 name v${vlan} type vlan id ${vlan}`);
      await address(machine, `v${vlan}`, `10.${vlan}.0.${host}/24`);
    }
  }
  for (const to of ['10.8.0.2', '10.20.0.2', '10.30.0.2']) await reached(left, to);
  expect((await ping(left, '10.21.0.2')).code).toBe(1);
  await left.link(0, false);
  await eventually(async () => expect(await left.shell('ip -br link show ens16')).toContain('NO-CARRIER'));
  expect((await ping(left, '10.20.0.2')).code).toBe(1);
  await left.link(0, true);
  await reached(left, '10.20.0.2');
});

machineTest('802.3ad aggregates over two cables to the bond of another machine', async (lab) => {
  const cables = [lab.cable(), lab.cable()];
  const sides: Machine[] = [];
  const [left, right] = await twoWith(lab, async (machine) => {
    for (const cable of cables) await machine.plug(cable.ends[sides.length === 0 ? 0 : 1]);
    sides.push(machine);
  });
  // systemd makes a bond's MAC address of its name and the machine's id, which copies share: LACP would see itself.
  for (const [machine, bond, host] of [
    [left, 'bond0', 1],
    [right, 'bond9', 2],
  ] as const) {
    for (const nic of ['ens16', 'ens17']) await named(machine, nic);
    await machine.shell(`ip link add ${bond} type bond mode 802.3ad miimon 100 lacp_rate fast`);
    for (const nic of ['ens16', 'ens17']) await machine.shell(`ip link set ${nic} down master ${bond}`);
    await address(machine, bond, `10.9.0.${host}/24`);
  }
  const bothPorts = async () =>
    (await left.run(['cat', '/proc/net/bonding/bond0'])).includes('Number of ports: 2') || undefined;
  await until('both ports in one aggregator', bothPorts);
  await reached(left, '10.9.0.2');
  await left.link(0, false);
  await right.link(0, false);
  await reached(left, '10.9.0.2');
});
