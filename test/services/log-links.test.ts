import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { BOUNDS, Copier, LINES } from '../../src/node/logs/copy.ts';
import { Mask } from '../../src/node/logs/mask.ts';
import { tail } from '../../src/node/logs/tail.ts';
import { readableLogs, readLog } from '../../src/node/logs/view.ts';
import type { FoundFile } from '../../src/node/logs/walk.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { HeldFolder } from '../../src/system/held-folder.ts';
import { openFolder, until } from './servers.ts';

// The folder of a service's logs belongs to that service's user.

const SERVICE = 54321;
const SECRET = 'zqOnlyRootReadsThis\n';
let root: string;
let logs: string;
let secrets: string;

beforeEach(() => {
  root = openFolder('log-links-');
  logs = layoutOf(root).logs;
  secrets = join(root, 'secrets');
  mkdirSync(logs, { recursive: true });
  chownSync(logs, SERVICE, SERVICE);
  mkdirSync(secrets, { mode: 0o700 });
  writeFileSync(join(secrets, 'service.log'), SECRET, { mode: 0o600 });
  return () => rmSync(root, { recursive: true });
});

const never = new AbortController().signal;
const copier = () =>
  new Copier(join(root, 'out'), new Mask([]), { ...BOUNDS, lines: LINES, since: undefined }, never);
const collected = (): string =>
  execFileSync('sh', ['-c', 'cat $(find "$0" -type f) < /dev/null', join(root, 'out')], { encoding: 'utf8' });

test('a link is neither shown nor collected, nor is another name of root’s file', async () => {
  symlinkSync(join(secrets, 'service.log'), join(logs, 'linked.log'));
  symlinkSync(secrets, join(logs, 'folder'));
  execFileSync('ln', [join(secrets, 'service.log'), join(logs, 'second-name.log')]);
  writeFileSync(join(logs, 'own.log'), 'own words\n');
  const names = (await readableLogs('management', layoutOf(root))).map(({ path }) => path);
  expect(names).toContain(join(logs, 'own.log'));
  for (const name of ['linked.log', 'folder/service.log']) expect(names).not.toContain(join(logs, name));
  const second = { name: join(logs, 'second-name.log'), lines: 9, follow: false, filter: '', signal: never };
  const seen: string[] = [];
  await expect(
    readLog('management', layoutOf(root), { ...second, emit: ({ lines }) => void seen.push(...lines) }),
  ).rejects.toMatchObject({ kind: 'failed' });
  expect(seen).toEqual([]);
  const one = copier();
  await one.take({ path: logs });
  expect(collected()).toBe('own words\n');
  expect(one.cut.join('\n')).toMatch(/linked\.log: a link.*\n.*second-name\.log: cannot be read: EACCES/s);
});

test('a log that becomes a link, or whose folder does, after it was come by, is not read', async () => {
  writeFileSync(join(logs, 'service.log'), 'own words\n');
  const one = copier();
  const folder = await HeldFolder.open(logs);
  const stats = (await folder.entry('service.log')) as FoundFile['stats'];
  const found: FoundFile = { path: join(logs, 'service.log'), folder, name: 'service.log', stats };
  renameSync(logs, `${logs}.aside`);
  symlinkSync(secrets, logs);
  await one.file(found);
  expect(collected()).toBe('own words\n');
  rmSync(join(`${logs}.aside`, 'service.log'));
  symlinkSync(join(secrets, 'service.log'), join(`${logs}.aside`, 'service.log'));
  await one.file(found);
  expect(one.cut).toEqual([expect.stringMatching(/service\.log: cannot be read: ELOOP/)]);
  expect(collected()).toBe('own words\n');
  await folder.close();
});

test('a log that is followed and becomes a link is not gone on with; the next file of that name is', async () => {
  const path = join(logs, 'service.log');
  writeFileSync(path, 'first\n');
  const seen: string[] = [];
  const stop = new AbortController();
  const options = {
    lines: 10,
    follow: true,
    signal: stop.signal,
    onLine: (line: string) => void seen.push(line),
  };
  const following = tail(path, options);
  await until(async () => seen.length > 0 || undefined);
  renameSync(path, `${path}.1`);
  symlinkSync(join(secrets, 'service.log'), path);
  appendFileSync(`${path}.1`, 'second\n');
  await until(async () => seen.length > 1 || undefined);
  rmSync(path);
  writeFileSync(path, 'third\n');
  await until(async () => seen.length > 2 || undefined);
  writeFileSync(path, 'cut\n');
  await until(async () => seen.length > 3 || undefined);
  stop.abort();
  await following;
  expect(seen).toEqual(['first', 'second', 'third', 'cut']);
});
