import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type CollectOptions, type CollectParts, collect } from '../../src/node/logs/collect.ts';
import { BOUNDS, Copier, LINES } from '../../src/node/logs/copy.ts';
import { lostJournal } from '../../src/node/logs/journal.ts';
import { Mask } from '../../src/node/logs/mask.ts';
import { draftShare, dropShare } from '../../src/node/logs/shares.ts';
import { sourcesOf } from '../../src/node/logs/sources.ts';
import { readableLogs, readLog } from '../../src/node/logs/view.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { openFolder, until } from './servers.ts';

const SECRET = 'zq "broker" \\ word';
const PLAIN = 'zqPlainWord1';
let root: string;
let parts: CollectParts;
let started: number;

beforeEach(() => {
  root = openFolder('collect-');
  const layout = layoutOf(root);
  started = 0;
  const service = {
    standing: async () => 'running' as const,
    start: async () => {
      started += 1;
    },
    stop: async () => undefined,
    restart: async () => undefined,
  };
  parts = {
    role: 'management',
    version: '2.2.0',
    layout,
    exports: layout.exports,
    mounts: join(root, 'mounts'),
    service,
    address: async () => '10.0.0.1',
  };
  mkdirSync(layout.logs, { recursive: true });
  mkdirSync(layout.systemLogs, { recursive: true });
  mkdirSync(join(layout.properties, '..'), { recursive: true });
  writeFileSync(
    layout.properties,
    `DB.user = zstack\nDB.password = ${PLAIN}\nCloudBus.rabbitmqPassword = ${SECRET.replaceAll('\\', '\\\\')}\n`,
  );
  const garbage = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 31) % 256));
  writeFileSync(
    join(layout.logs, 'management-server.log'),
    Buffer.concat([Buffer.from(lines(250_000)), garbage]),
  );
  writeFileSync(join(layout.logs, 'zstack-ui.log'), `login with ${PLAIN} and ${JSON.stringify(SECRET)}\n`);
  writeFileSync(join(layout.logs, 'old.log'), 'old\n');
  mkdirSync(layout.flights, { recursive: true });
  writeFileSync(join(layout.flights, 'tty1.jsonl'), '{"at":1,"key":"f2"}\n');
  utimesSync(join(layout.logs, 'old.log'), 1, 1);
  writeFileSync(join(layout.logs, 'rotated.log.1.gz'), 'x');
  symlinkSync('/etc/shadow', join(layout.systemLogs, 'deploy.log'));
  return () => rmSync(root, { recursive: true });
});

const lines = (count: number): string =>
  Array.from({ length: count }, (_, at) => `line ${at} password=zqByName\n`).join('');

const options = (more: Partial<CollectOptions> = {}): CollectOptions => ({
  span: 'day',
  full: false,
  threads: false,
  hours: 24,
  signal: new AbortController().signal,
  progress: () => {},
  ...more,
});

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );

test('tree and archive hold the same, no secret, no link, and say what was left out', async () => {
  const done = await collect(parts, options());
  expect(done.url).toMatchObject({
    state: 'known',
    value: expect.stringMatching(/^http:\/\/10\.0\.0\.1:8090\/[\w-]{22}\/$/),
  });
  expect(started).toBe(1);
  const share = join(done.path, '..');
  const node = join(share, 'management-node-10.0.0.1');
  const out = join(root, 'out');
  mkdirSync(out);
  execFileSync('tar', ['-xzf', done.path, '-C', out]);
  const names = filesIn(node);
  expect(filesIn(join(out, 'management-node-10.0.0.1')).sort()).toEqual(names.sort());
  for (const word of ['left_out', 'host_info/uptime', 'network/addresses', 'dmesg'])
    expect(names).toContain(word);
  expect(names).toContain(join(parts.layout.flights.slice(1), 'tty1.jsonl'));
  expect(names.some((name) => name.endsWith('deploy.log'))).toBe(false);
  expect(done.cut.join('\n')).toContain('deploy.log: a link, left out');
  expect(names.some((name) => name.endsWith('old.log'))).toBe(false);
  const service = readFileSync(join(node, parts.layout.logs.slice(1), 'management-server.log'), 'latin1');
  expect(service).toContain('line 249999 password=***\n');
  expect(service).not.toContain('line 149000 ');
  expect(done.cut.join('\n')).toMatch(/management-server\.log: the first \d+ of \d+ bytes are left out/);
  expect(done.cut.join('\n')).toContain('rotated.log.1.gz: packed');
  const all = names.map((name) => readFileSync(join(node, name), 'latin1')).join('\n');
  for (const word of ['zqByName', PLAIN, 'zq "broker"', 'zq \\"broker']) expect(all).not.toContain(word);
  expect(all).toContain('DB.user = zstack');
  expect(readFileSync(join(root, 'zstack/apache-tomcat/logs/zstack-ui.log'), 'utf8')).toContain(PLAIN);
});

test('of a log of 20 GB its last lines are taken', async () => {
  const log = join(parts.layout.logs, 'huge.log');
  writeFileSync(log, '');
  truncateSync(log, 20e9);
  appendFileSync(log, `\n${lines(150_000)}`);
  const done = await collect(parts, options());
  const node = join(done.path, '..', 'management-node-10.0.0.1');
  const taken = readFileSync(join(node, log.slice(1)), 'latin1').split('\n');
  expect(taken.slice(0, 1)).toEqual(['line 50000 password=***']);
  expect(taken.slice(-2)).toEqual(['line 149999 password=***', '']);
  expect(done.cut.join('\n')).toMatch(/huge\.log: the first 200\d+ of 200\d+ bytes are left out/);
});

test('a log ends where its lines were written too late; one without dates is said to have them', async () => {
  const log = join(parts.layout.logs, 'dated.log');
  const day = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString();
  const text = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `${day(from + at)} line ${from + at}\n  at more\n`).join('');
  writeFileSync(log, text(0, 40_000));
  writeFileSync(join(parts.layout.logs, 'later.log'), `${day(35_000)} later\n`);
  const done = await collect(parts, options({ since: 0, until: Date.parse(day(30_000)), threads: true }));
  const node = join(done.path, '..', 'management-node-10.0.0.1');
  const folder = join(node, parts.layout.logs.slice(1));
  expect(readFileSync(join(folder, 'dated.log'), 'utf8')).toBe(text(0, 30_001));
  expect(existsSync(join(folder, 'later.log'))).toBe(false);
  const cut = done.cut.join('\n');
  expect(cut).toMatch(/dated\.log: the last \d+ of \d+ bytes are later, left out/);
  expect(cut).toContain('zstack-ui.log: its lines tell no time');
  const threads = readFileSync(join(node, 'threads'), 'utf8');
  expect(threads).toMatch(new RegExp(`^${process.pid} ${process.pid} [RS] ".+" \\S+$`, 'm'));
});

test('of the system’s logs all that their rotation left is taken, or named', async () => {
  const names = {
    taken: [
      ...['messages', 'messages-20261122', 'messages.1', 'syslog', 'syslog.1', 'kern.log', 'kern.log.1'],
      ...['auth.log', 'auth.log.1', 'auth-20261122.log', 'secure', 'secure-20261101', 'messages.old'],
    ],
    named: [
      'messages-20261115.xz',
      'syslog.2.gz',
      'secure-20261001.zst',
      'auth.log.2.bz2',
      'kern-20261101.log.lz4',
    ],
    others: ['faillog', 'messages2', 'authority.log'],
  };
  const logs = join(root, 'var-log');
  mkdirSync(logs);
  for (const name of Object.values(names).flat()) writeFileSync(join(logs, name), `${name} says\n`);
  const out = join(root, 'taken');
  const copier = new Copier(
    out,
    new Mask([]),
    { ...BOUNDS, lines: LINES, since: undefined },
    new AbortController().signal,
  );
  const sources = sourcesOf('expert', parts.layout).logs.filter(({ rotated }) => rotated);
  for (const { path, rotated = false } of sources)
    await copier.take({ path: path.replace('/var/log', logs), rotated });
  expect(filesIn(join(out, logs.slice(1))).sort()).toEqual([...names.taken].sort());
  expect(copier.cut.map((line) => line.replace(`${logs}/`, '')).sort()).toEqual(
    names.named.map((name) => `${name}: packed, so it cannot be masked: left out`).sort(),
  );
});

test('a journal in memory is said', async () => {
  const [disk, memory] = [join(root, 'disk'), join(root, 'memory')];
  expect(await lostJournal(disk, memory)).toBeUndefined();
  mkdirSync(join(memory, 'machine'), { recursive: true });
  writeFileSync(join(memory, 'machine/system.journal'), '');
  // The folder alone is there on Enterprise Linux, too, when journald was told not to use it.
  mkdirSync(join(disk, 'machine'), { recursive: true });
  expect(await lostJournal(disk, memory)).toMatch(/memory alone/);
  writeFileSync(join(disk, 'machine/system.journal'), '');
  expect(await lostJournal(disk, memory)).toBeUndefined();
});

test('stopped in between: nothing is left', async () => {
  const stop = new AbortController();
  const work = collect(parts, options({ signal: stop.signal, full: true, progress: () => stop.abort() }));
  await expect(work).rejects.toThrow();
  expect(readdirSync(parts.exports)).toEqual([]);
});

test('shares that have ended are removed by the next one', async () => {
  const token = 'a'.repeat(22);
  mkdirSync(join(parts.exports, token), { recursive: true });
  writeFileSync(join(parts.exports, `${token}.json`), JSON.stringify({ title: 'x', expires: 5 }));
  await collect(parts, options({ span: 'hour' }));
  expect(readdirSync(parts.exports).some((name) => name.startsWith(token))).toBe(false);
});

test('a share that is being filled outlives the beginning of another; one that another program left does not', async () => {
  const left = join(parts.exports, 'b'.repeat(22));
  mkdirSync(left, { recursive: true });
  const first = await draftShare(parts);
  const second = await draftShare(parts);
  expect([left, first.folder, second.folder].map((folder) => existsSync(folder))).toEqual([
    false,
    true,
    true,
  ]);
  await dropShare(parts, first);
  await dropShare(parts, second);
  expect(readdirSync(parts.exports).some((name) => name.startsWith(first.token))).toBe(false);
});

test('a log is read and followed on the screen, filtered and masked, over its rotation', async () => {
  const path = join(parts.layout.logs, 'zstack-ui.log');
  expect((await readableLogs('management', parts.layout)).map(({ name }) => name)).toContain(path);
  const seen: string[] = [];
  const stop = new AbortController();
  const reading = readLog('management', parts.layout, {
    name: path,
    lines: 100,
    follow: true,
    filter: 'LOGIN',
    signal: stop.signal,
    emit: (item) => void seen.push(...item.lines),
  });
  await until(async () => (seen.length > 0 ? true : undefined));
  appendFileSync(path, 'nothing\nsecond login\n');
  await until(async () => (seen.length > 1 ? true : undefined));
  rmSync(path);
  writeFileSync(path, 'third login\n');
  await until(async () => (seen.length > 2 ? true : undefined));
  stop.abort();
  await reading;
  expect(seen).toEqual(['login with *** and "***"', 'second login', 'third login']);
  const none = {
    name: '/etc/shadow',
    lines: 1,
    follow: false,
    filter: '',
    signal: stop.signal,
    emit: () => {},
  };
  await expect(readLog('management', parts.layout, none)).rejects.toMatchObject({ kind: 'notFound' });
});
