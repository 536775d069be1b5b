import { join } from 'node:path';
import { expect, test } from 'vitest';
import { known, unknown } from '../../../src/api/reading.ts';
import { same } from '../../../src/api/words.ts';
import type { Vm } from '../../../src/node/facts/schema.ts';
import { HeldLines } from '../../../src/node/vm-screen/held-lines.ts';
import { uuidOf } from '../../../src/node/vm-screen/line.ts';
import { TestTerminal } from '../../screens/terminal.ts';
import { until } from '../servers.ts';
import { EchoGuest } from './guest.ts';

const CHILD = join(import.meta.dirname, 'attach-child.ts');
const attached = (path: string) => new TestTerminal({ argv: [process.execPath, CHILD, path] });

test('keys reach the serial line of a guest and what it says is seen, until Ctrl+]', async () => {
  const guest = await EchoGuest.start();
  const terminal = attached(guest.path);
  await terminal.see('[here]');
  await until(async () => {
    terminal.press('x');
    return terminal.grid().includes('x') || undefined;
  });
  terminal.press('hello');
  terminal.press('C-c');
  await until(async () => terminal.grid().includes('hello') || undefined);
  terminal.press('\x1d');
  await terminal.see('[left]');
  expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  await guest.end();
});

test('a guest that ends ends it, and the terminal is as it was', async () => {
  const guest = await EchoGuest.start();
  const terminal = attached(guest.path);
  await terminal.see('[here]');
  await until(async () => {
    terminal.press('x');
    return terminal.grid().includes('x') || undefined;
  });
  await guest.end();
  await terminal.see('[ended]');
  expect(await terminal.exited).toMatchObject({ exitCode: 0 });
});

test('one at a time has it, and what nobody takes waits in the line', async () => {
  const guest = await EchoGuest.start();
  const lines = new HeldLines();
  const over = new AbortController();
  let word = '';
  const hold = (by: string, opened: (word: string) => void) =>
    lines.hold(guest.path, by, over.signal, opened);
  const held = hold('tty1', (given) => {
    word = given;
  });
  await expect(hold('pts/3', () => undefined)).rejects.toMatchObject({
    kind: 'conflict',
    words: { en: 'its text console is open already, on tty1' },
  });
  await until(async () => {
    lines.send(word, Buffer.from('x'));
    const bytes = await lines.take(word, AbortSignal.timeout(300)).catch(() => Buffer.alloc(0));
    return bytes.includes('x') || undefined;
  });
  await guest.end();
  // What it had said before is taken first: the end of a line comes after the bytes in it.
  const rest = async () => {
    while ((await lines.take(word, over.signal)).length > 0);
  };
  await Promise.all([held, rest().catch(() => undefined)]);
  await expect(lines.take(word, over.signal)).rejects.toMatchObject({ kind: 'notFound' });
  over.abort();
});

const vm = (uuid: string, name: string): Vm => ({ uuid, name, state: 'running' });
const DASHED = '123e4567-e89b-42d3-a456-426614174000';
const PLAIN = DASHED.replaceAll('-', '');

test('a VM is meant by its uuid in any form, or by a name that only one has', () => {
  const vms = known([vm(DASHED, 'web'), vm('a'.repeat(32), 'db'), vm('b'.repeat(32), 'db')]);
  for (const given of [DASHED, PLAIN, DASHED.toUpperCase(), 'web']) expect(uuidOf(given, vms)).toBe(PLAIN);
  expect(() => uuidOf('nobody', vms)).toThrow(expect.objectContaining({ kind: 'notFound', field: 'vm' }));
  expect(() => uuidOf('db', vms)).toThrow(expect.objectContaining({ kind: 'conflict', field: 'vm' }));
  const why = unknown(same('libvirt is not running'));
  expect(uuidOf(PLAIN, why)).toBe(PLAIN);
  expect(() => uuidOf('web', why)).toThrow(expect.objectContaining({ kind: 'unavailable' }));
});
