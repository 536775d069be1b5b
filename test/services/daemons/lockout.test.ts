import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CHILD = new URL('lockout-child.ts', import.meta.url).pathname;
const CHECKERS = ['guard', 'controller', 'once'];
const TRIES = 40;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zs-lockout-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('processes that check at the same time share the count: three lines have their thirty tries, not one more', async () => {
  const running = CHECKERS.map((name) => {
    const child = spawn(process.execPath, [CHILD, folder, name, String(TRIES), ...CHECKERS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    return once(child, 'close').then(() => Number(output));
  });
  const asked = await Promise.all(running);
  expect(asked.reduce((sum, times) => sum + times)).toBe(30);
  const { counters } = JSON.parse(readFileSync(join(folder, 'guard/lockout.json'), 'utf8'));
  expect(counters['pool local']).toMatchObject({ failures: 30, locked: true });
});
