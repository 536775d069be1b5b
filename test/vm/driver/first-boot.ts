import { expect } from 'vitest';
import { derivedImage } from '../../../scripts/vm/images.mts';
import { appliance, MAIN_SCREEN } from './appliance.ts';
import type { Machine } from './machine.ts';
import type { Lab } from './machine-test.ts';
import { SET_UP_MS } from './management.ts';
import { BOOT_MS, until } from './wait.ts';

const MARKER = '/etc/zs-node/first-boot';
const LOG = '/tmp/zstack_installation.log';

/** As the installer leaves a node: nothing of its role was set up or started yet. */
const AS_INSTALLED = `
touch ${MARKER}
systemctl disable zs-management.service zs-backup.timer libvirtd.service libvirtd.socket
`;

export async function installed(
  lab: Lab,
  role: Parameters<typeof appliance>[0],
  more = '',
): Promise<Machine> {
  const script = `${AS_INSTALLED}${more}`;
  const image = await derivedImage(
    `installed-${role}`,
    await appliance(role),
    { texts: [script] },
    (root) => [...['env', 'SYSTEMD_OFFLINE=1', 'chroot', root], ...['sh', '-eu', '-c', script]],
  );
  const machine = await lab.boot(image, { name: role });
  await machine.agent.ready();
  return machine;
}

export async function cutAndStart(machine: Machine): Promise<void> {
  await machine.powerCut();
  await machine.start();
  await machine.agent.ready();
}

/** What the log says, once it says this; lines without their times. */
export async function logSays(machine: Machine, pattern: RegExp, limitMs = SET_UP_MS): Promise<string[]> {
  let text = '';
  const says = async () => {
    text = (await machine.attempt(['cat', LOG])).stdout.toString();
    return pattern.test(text) || undefined;
  };
  await until(`${pattern} in the log`, says, { limitMs, everyMs: 1_000, explain: () => text });
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\S+ /, ''));
}

/** Looked at without opening the terminal itself, which must be nobody's until the console has it. */
export async function tty1Says(machine: Machine, pattern: RegExp): Promise<void> {
  let text = '';
  const says = async () => {
    text = await machine.run(['cat', '/dev/vcs1']);
    return pattern.test(text) || undefined;
  };
  await until(`${pattern} on tty1`, says, { limitMs: BOOT_MS, everyMs: 500, explain: () => text });
}

export async function seeConsole(machine: Machine): Promise<void> {
  const isThere = async () =>
    (await machine.attempt(['systemctl', 'is-active', 'zs-console.service'])).code === 0 || undefined;
  await until('the console has tty1', isThere, { limitMs: BOOT_MS, everyMs: 1_000 });
  await machine.screen.see(MAIN_SCREEN, { limitMs: BOOT_MS });
}

/** Of servers, which are not ours: how long they take to start is their own. */
const OF_OTHERS = /starting (the database|the message broker|virtualization|the shared storage)/;

/** How long each step of the last run took, and all that are our own together, in seconds. */
export async function times(machine: Machine): Promise<string> {
  const text = (await machine.get(LOG)).toString();
  const lines = text.slice(text.lastIndexOf('Setting this node up')).trim().split('\n').slice(1);
  const steps = lines.map((line) => {
    const [time = '', ...words] = line.split(' ');
    return { at: Date.parse(time) / 1000, words: words.join(' ').trim() };
  });
  const took = steps.slice(0, -1).map(({ at, words }, index) => ({
    words,
    seconds: Math.round((steps[index + 1]?.at ?? at) - at),
  }));
  const own = took
    .filter(({ words }) => !OF_OTHERS.test(words))
    .reduce((sum, { seconds }) => sum + seconds, 0);
  return [...took.map(({ words, seconds }) => `${seconds} s ${words}`), `${own} s our own`].join('\n');
}

export async function isOver(machine: Machine): Promise<void> {
  expect((await machine.attempt(['test', '-e', MARKER])).code).toBe(1);
  const ended = async () =>
    (await machine.run(['systemctl', 'show', '-P', 'ActiveState', 'zs-first-boot'])).trim() === 'inactive' ||
    undefined;
  await until('the end of the first boot', ended, { everyMs: 1_000 });
  expect(await machine.run(['systemctl', '--failed', '--no-legend'])).toBe('');
}

/** A node of VMs is set up at its first boot, through a power cut at this step, and has its console. */
export async function hostSetUp(lab: Lab, role: 'compute' | 'storage', cutAt: RegExp): Promise<Machine> {
  const node = await installed(lab, role);
  await logSays(node, cutAt);
  await cutAndStart(node);
  const lines = await logSays(node, /Node ready/);
  console.log(await times(node));
  expect(lines.at(-1)).toMatch(/Node ready: its address is 10\.0\.2\.15; first account: root/);
  await seeConsole(node);
  await isOver(node);
  expect(await node.run(['systemctl', 'is-enabled', 'libvirtd.service'])).toBe('enabled\n');
  expect(await node.run(['systemctl', 'is-active', 'libvirtd.service'])).toBe('active\n');
  return node;
}
