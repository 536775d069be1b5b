import { expect } from 'vitest';
import { derivedImage } from '../../scripts/vm/images.mts';
import { appliance, LOGIN_PROMPT, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { attention } from './driver/managed.ts';
import { PROPERTIES, SET_UP_MS, serviceRuns } from './driver/management.ts';
import { until } from './driver/wait.ts';

const MARKER = '/etc/zs-node/first-boot';
const LOG = '/tmp/zstack_installation.log';
const BOOT_MS = 600_000;

/** As the installer leaves a node: nothing of its role was set up or started yet. */
const AS_INSTALLED = `
touch ${MARKER}
systemctl disable zs-management.service zs-backup.timer libvirtd.service libvirtd.socket
`;

/** The node's own NIC has no address. */
const NO_ADDRESS = `
sed -i -e '/^address1=/d' -e 's/^method=manual/method=disabled/' /etc/NetworkManager/system-connections/management.nmconnection
`;

async function installed(lab: Lab, role: Parameters<typeof appliance>[0], more = ''): Promise<Machine> {
  const script = `${AS_INSTALLED}${more}`;
  const image = await derivedImage(
    `installed-${role}`,
    await appliance(role),
    { texts: [script] },
    (root) => [...['env', 'SYSTEMD_OFFLINE=1', 'chroot', root], ...['sh', '-eu', '-c', script]],
  );
  const machine = await lab.boot(image, { name: role });
  await machine.agent.ready(BOOT_MS);
  return machine;
}

async function cutAndStart(machine: Machine): Promise<void> {
  await machine.powerCut();
  await machine.start();
  await machine.agent.ready(BOOT_MS);
}

/** What the log says, once it says this; lines without their times. */
async function logSays(machine: Machine, pattern: RegExp, limitMs = SET_UP_MS): Promise<string[]> {
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
async function tty1Says(machine: Machine, pattern: RegExp): Promise<void> {
  let text = '';
  const says = async () => {
    text = await machine.run(['cat', '/dev/vcs1']);
    return pattern.test(text) || undefined;
  };
  await until(`${pattern} on tty1`, says, { limitMs: BOOT_MS, everyMs: 500, explain: () => text });
}

async function seeConsole(machine: Machine): Promise<void> {
  const isThere = async () =>
    (await machine.attempt(['systemctl', 'is-active', 'zs-console.service'])).code === 0 || undefined;
  await until('the console has tty1', isThere, { limitMs: BOOT_MS, everyMs: 1_000 });
  await machine.screen.see(MAIN_SCREEN, { limitMs: BOOT_MS });
}

/** Of servers, which are not ours: how long they take to start is their own. */
const OF_OTHERS = /starting (the database|the message broker|virtualization|the shared storage)/;

/** How long each step of the last run took, and all that are our own together, in seconds. */
async function times(machine: Machine): Promise<string> {
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

async function isOver(machine: Machine): Promise<void> {
  expect((await machine.attempt(['test', '-e', MARKER])).code).toBe(1);
  const ended = async () =>
    (await machine.run(['systemctl', 'show', '-P', 'ActiveState', 'zs-first-boot'])).trim() === 'inactive' ||
    undefined;
  await until('the end of the first boot', ended, { limitMs: 60_000 });
  expect(await machine.run(['systemctl', '--failed', '--no-legend'])).toBe('');
}

machineTest(
  'management: waits for an address with the console on tty1, goes on by itself, and again after a power cut',
  async (lab) => {
    const node = await installed(lab, 'management', NO_ADDRESS);
    const said = await logSays(node, /What to do: F2, Configure Networks, on the console/);
    expect(said).toContain('Waiting: no NIC has a usable address');
    await seeConsole(node);
    expect(await attention(node)).toContainEqual(
      expect.stringContaining('this node is not set up yet: no NIC has a usable address'),
    );
    await node.shell(
      'nmcli connection modify management ipv4.method manual ipv4.addresses 10.0.2.15/24; nmcli connection up management; sync',
      { limitMs: BOOT_MS },
    );
    await logSays(node, /starting the message broker/);
    await cutAndStart(node);
    await tty1Says(node, /Setting this node up: management/);
    const lines = await logSays(node, /Management node ready/);
    console.log(`after the cut:\n${await times(node)}`);
    expect(lines.at(-1)).toMatch(
      /^Management node ready: API at http:\/\/10\.0\.2\.15:8080; first account: admin,/,
    );
    await seeConsole(node);
    await isOver(node);
    await serviceRuns(node, 'MariaDB store, RabbitMQ messages');
    expect(await attention(node)).not.toContainEqual(expect.stringContaining('set up'));
    const words = await node.shell(
      `sed -n 's/^.*[pP]assword = //p' ${PROPERTIES}; cat /etc/zs-node/mysql-root-password`,
    );
    expect(
      words
        .trim()
        .split('\n')
        .map((word) => word.length),
    ).toEqual([32, 32, 32]);
    const found = await node.attempt(['sh', '-c', SEARCH], { stdin: words });
    expect(found.stdout.toString()).toBe(`/etc/zs-node/mysql-root-password\n${PROPERTIES}\n`);
  },
  40,
);

/** Files and fields of the journal that hold one of the words. */
const SEARCH = `
cat > /run/words
LC_ALL=C grep -rlaF -D skip --exclude-dir=journal --exclude=words -f /run/words /etc /root /run /tmp /usr/local /var | sort
journalctl --no-pager --all -o export | LC_ALL=C grep -aFf /run/words | sed 's/^/journal: /'
rm /run/words
`;

for (const [role, step, ready] of [
  ['compute', /starting virtualization/, /Node ready: its address is 10\.0\.2\.15; first account: root/],
  ['storage', /starting the shared storage/, /Node ready: its address is 10\.0\.2\.15; first account: root/],
] as const) {
  machineTest(`${role}: set up at the first boot, through a power cut, then the console`, async (lab) => {
    const node = await installed(lab, role);
    await logSays(node, step);
    await cutAndStart(node);
    const lines = await logSays(node, /Node ready/);
    console.log(await times(node));
    expect(lines.at(-1)).toMatch(ready);
    await seeConsole(node);
    await isOver(node);
    expect(await node.run(['systemctl', 'is-enabled', 'libvirtd.service'])).toBe('enabled\n');
    expect(await node.run(['systemctl', 'is-active', 'libvirtd.service'])).toBe('active\n');
    if (role === 'storage') expect(await node.run(['cat', '/proc/filesystems'])).toContain('ocfs2');
  });
}

machineTest('expert: nothing is set up, tty1 becomes the log-in prompt', async (lab) => {
  const node = await installed(lab, 'expert');
  expect((await logSays(node, /Expert node ready/)).at(-1)).toMatch(
    /zstack-installer -E \(management\), zs-role compute, zs-role storage$/,
  );
  await isOver(node);
  await node.screen.see(LOGIN_PROMPT, { limitMs: BOOT_MS });
});
