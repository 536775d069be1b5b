import { execFileSync } from 'node:child_process';
import {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLog, writeLine } from '../../../src/first-boot/log-file.ts';
import { openFolder } from '../servers.ts';

const NOBODY = 65534;
let folder: string;
let path: string;
let other: string;
beforeEach(() => {
  folder = openFolder('log-');
  path = join(folder, 'zstack_installation.log');
  other = join(folder, 'other');
  writeFileSync(other, 'kept');
  return () => rmSync(folder, { recursive: true });
});

const written = (text: string): string => {
  writeLine(openLog(path), text);
  return readFileSync(path, 'utf8');
};

test('a log of root’s own is gone on with', () => {
  expect(written('one')).toMatch(/^\d{4}-\S+Z one\n$/);
  expect(written('two')).toMatch(/ one\n\d{4}-\S+Z two\n$/);
  expect(lstatSync(path).mode & 0o077 & 0o022).toBe(0);
});

test.each([
  ['a link', () => symlinkSync(other, path)],
  ['a link that leads nowhere', () => symlinkSync(join(folder, 'none'), path)],
  ['a second name of a file', () => linkSync(other, path)],
  ['a pipe', () => execFileSync('mkfifo', [path])],
  ['a folder', () => mkdirSync(path)],
  [
    'a file of somebody else',
    () => {
      writeFileSync(path, 'theirs');
      chownSync(path, NOBODY, NOBODY);
    },
  ],
])('%s is taken away and not followed', (_name, put) => {
  put();
  expect(written('one')).toMatch(/^\d{4}-\S+Z one\n$/);
  expect(lstatSync(path)).toMatchObject({ uid: 0, nlink: 1 });
  expect(readFileSync(other, 'utf8')).toBe('kept');
});
