import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytes, clockTime, day } from '../../screens/format.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

/** What the main screen shows beside what this machine's kernel says at that moment. */
let node: TestNode;
let terminal: TestTerminal;

beforeAll(async () => {
  node = await TestNode.start({ role: 'compute' });
  terminal = node.console({ columns: 160, rows: 50, env: { TZ: 'UTC' } });
  await terminal.see('<F2> System Configuration');
});
afterAll(() => node.end());

/** Milliseconds in which the node reads its processor several times. */
const READINGS = 9_000;

/** The row with that label in the left or right block. */
const row = (label: string): string =>
  terminal
    .grid()
    .split('\n')
    .find((line) => new RegExp(`(^| ) ${label} `).test(line)) ?? '';

const kernel = (path: string): string => readFileSync(path, 'utf8');

test('name of the machine', async () => {
  await terminal.see(` - ${hostname()} `);
});

test('boot time, from /proc/stat', async () => {
  const boot = Number(/^btime (\d+)$/m.exec(kernel('/proc/stat'))?.[1]) * 1000;
  await terminal.see(`${day(boot)} ${clockTime(boot)}`);
});

test('load averages, from /proc/loadavg', async () => {
  const shown = () => /Load +([\d.]+) ([\d.]+) ([\d.]+)/.exec(row('Load'))?.slice(1, 4).map(Number);
  // The kernel counts anew every five seconds: both are read until they meet.
  await terminal.until(() => {
    const now = kernel('/proc/loadavg').split(' ').slice(0, 3).map(Number);
    return JSON.stringify(shown()) === JSON.stringify(now);
  }, 30_000);
});

test('memory in all, from /proc/meminfo; in use, near what is not available', async () => {
  const info = (name: string) =>
    Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(kernel('/proc/meminfo'))?.[1]) * 1024;
  const total = info('MemTotal');
  await terminal.see(new RegExp(`Memory .*/${bytes(total).replace('.', '\\.')}`));
  const near = () => {
    const share = Number(/ (\d+)%/.exec(row('Memory'))?.[1]) / 100;
    return Math.abs(share - (1 - info('MemAvailable') / total)) < 0.03;
  };
  await terminal.until(near, undefined, 'the share in use');
});

test('processor: near what /proc/stat gives over the same time', async () => {
  const times = () => {
    const fields = kernel('/proc/stat').split('\n')[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
    const all = fields.reduce((sum, one) => sum + one, 0);
    return { all, idle: (fields[3] ?? 0) + (fields[4] ?? 0) };
  };
  const shown = () => Number(/ (\d+)%/.exec(row('CPU'))?.[1]) / 100;
  // Over several readings, since the moments of ours and of the node's are not the same.
  const from = times();
  const samples: number[] = [];
  const start = performance.now();
  await terminal.until(
    () => {
      const share = shown();
      if (!Number.isNaN(share)) samples.push(share);
      return samples.length >= 4 && performance.now() - start > READINGS;
    },
    40_000,
    'readings of the processor',
  );
  const to = times();
  const busy = 1 - (to.idle - from.idle) / (to.all - from.all);
  const least = Math.min(...samples);
  const most = Math.max(...samples);
  expect(busy).toBeGreaterThan(least - 0.25);
  expect(busy).toBeLessThan(most + 0.25);
});

test('free space of the log folder, from its file system', async () => {
  await terminal.until(() => {
    const { bavail, blocks, bsize } = statfsSync('/var/log');
    return row('logs').includes(`${bytes(bavail * bsize)} free of ${bytes(blocks * bsize)}`);
  }, 20_000);
});

interface Link {
  ifname: string;
  address: string;
  flags: string[];
  addr_info: { family: string; local: string; prefixlen: number; scope: string }[];
}

test('links, their state, hardware addresses and addresses, from ip', async () => {
  const wanted = () => {
    const links = JSON.parse(execFileSync('ip', ['-j', 'addr', 'show'], { encoding: 'utf8' })) as Link[];
    return links.filter((link) => link.ifname !== 'lo').map(wordsOf);
  };
  expect(wanted().length).toBeGreaterThan(0);
  const isShown = (words: string[]) =>
    terminal
      .grid()
      .split('\n')
      .some((line) => words.every((word) => line.includes(word)));
  // Other tests may have links of their own here for a moment: both are read until they meet.
  await terminal.until(() => wanted().every(isShown), undefined, JSON.stringify(wanted()));
});

/** What the row of a link has to tell. */
function wordsOf({ ifname, flags, address, addr_info }: Link): string[] {
  const up = flags.includes('LOWER_UP') && flags.includes('UP');
  const global = addr_info.find((one) => one.family === 'inet' && one.scope === 'global');
  const local = global === undefined ? [] : [`${global.local}/${global.prefixlen}`];
  return [` ${ifname} `, up ? ' UP ' : ' DOWN ', address, ...local];
}

/** Milliseconds until each step of its life stands on the screen, in the longest case. */
async function lifeOfALink(): Promise<number> {
  const ip = (...words: string[]) => execFileSync('ip', words);
  const took: number[] = [];
  const timed = async (work: () => Promise<unknown>) => {
    const from = performance.now();
    await work();
    took.push(performance.now() - from);
  };
  ip('link', 'add', 'zs-test0', 'type', 'bridge');
  try {
    await timed(() => terminal.see(/zs-test0 +DOWN bridge/));
    ip('addr', 'add', '192.0.2.201/32', 'dev', 'zs-test0');
    await timed(() => terminal.see(/zs-test0 +DOWN bridge 0 +192\.0\.2\.201\/32/));
  } finally {
    ip('link', 'del', 'zs-test0');
  }
  await timed(() => terminal.gone('zs-test0'));
  return Math.max(...took);
}

test('a link that comes and goes is shown within a second or two', async () => {
  let longest = await lifeOfALink();
  // Once at least, whatever else the machine has to do.
  for (let again = 0; longest > 2000 && again < 8; again++) longest = await lifeOfALink();
  expect(longest).toBeLessThanOrEqual(2000);
});

test('virtualization: the flag of /proc/cpuinfo, or that there is none', async () => {
  const flag = /\b(vmx|svm)\b/.exec(kernel('/proc/cpuinfo'))?.[1];
  await terminal.see(flag === undefined ? /Virt +n\/a: / : new RegExp(`Virt +${flag}`));
});

test('what does not run here says so, and is never zero', () => {
  const running = execFileSync('sh', ['-c', 'test -d /run/systemd/system && echo yes || echo no'], {
    encoding: 'utf8',
  });
  if (running.trim() === 'no') expect(row('libvirt')).toContain('n/a: systemd does not run here');
  expect(row('Cluster')).toMatch(/n\/a: /);
});
