import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import koffi from 'koffi';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkPassword } from '../../../src/guard/schema.ts';
import { watchRepaint } from '../../../src/node/facts/schema.ts';
import { isRoot, mainOf, NODE, World } from './daemon.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.end());

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)');
const bind = libc.func('int bind(int, const uint8_t *, uint32_t)');
const setsockopt = libc.func('int setsockopt(int, int, int, const int64_t *, uint32_t)');
const recv = libc.func('int64_t recv(int, _Out_ uint8_t *, size_t, int)');
const close = libc.func('int close(int)');

/** What systemd's end of NOTIFY_SOCKET gets. */
class NotifySocket {
  readonly path: string;
  readonly got: string[] = [];
  readonly #fd: number;
  #open = true;

  constructor(path: string) {
    this.path = path;
    this.#fd = socket(1, 2, 0);
    const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(`${path}\0`)]);
    if (bind(this.#fd, address, address.length) !== 0) throw new Error(`bind ${path}`);
    // Half a second at most in each recv, so that `close` is not kept waiting (SO_RCVTIMEO).
    setsockopt(this.#fd, 1, 20, new BigInt64Array([0n, 500_000n]), 16);
    void this.#listen();
  }

  async #listen(): Promise<void> {
    const bytes = Buffer.alloc(4096);
    while (this.#open) {
      const length = await new Promise<number>((done) =>
        recv.async(this.#fd, bytes, bytes.length, 0, (_: unknown, n: number) => done(Number(n))),
      );
      if (length > 0) this.got.push(bytes.toString('utf8', 0, length));
    }
    close(this.#fd);
  }

  end(): void {
    this.#open = false;
  }
}

test('systemd is told ready, alive at half its interval, and stopping', async () => {
  const notify = new NotifySocket(join(world.folder, 'notify'));
  const env = { NOTIFY_SOCKET: notify.path, WATCHDOG_USEC: '400000' };
  const daemon = await world.start('controller', { env });
  await expect
    .poll(() => notify.got.filter((text) => text === 'WATCHDOG=1').length, { timeout: 30_000 })
    .toBeGreaterThan(3);
  expect(notify.got[0]).toBe('READY=1');
  await daemon.stop();
  await expect.poll(() => notify.got.at(-1), { timeout: 15_000 }).toBe('STOPPING=1');
  notify.end();
});

test('a stopped event loop tells nobody that it is alive', async () => {
  const notify = new NotifySocket(join(world.folder, 'notify'));
  const env = { NOTIFY_SOCKET: notify.path, WATCHDOG_USEC: '400000' };
  const daemon = await world.start('controller', { env });
  await expect.poll(() => notify.got.includes('WATCHDOG=1')).toBe(true);
  daemon.process.kill('SIGSTOP');
  await pause(600);
  const before = notify.got.length;
  await pause(1_500);
  expect(notify.got.length).toBe(before);
  daemon.process.kill('SIGCONT');
  await expect.poll(() => notify.got.length, { timeout: 30_000 }).toBeGreaterThan(before);
  notify.end();
});

const canActivate = spawnSync('systemd-socket-activate', ['--version']).status === 0;

describe.skipIf(!canActivate)('socket activation (needs systemd-socket-activate)', () => {
  test('guard starts on the socket handed to it, and ends when nobody needs it', async () => {
    const path = join(world.places.run, 'guard.sock');
    await world.run('controller', { args: ['--recover'] }).ended;
    const command = [
      'systemd-socket-activate',
      '--listen',
      path,
      NODE,
      mainOf('guard'),
      '--data',
      world.folder,
    ];
    const daemon = world.run('guard', { command });
    const guard = await world.connect('guard', 'console', daemon);
    await expect(guard.call(checkPassword, { password: '' })).rejects.toMatchObject({ kind: 'usage' });
    guard.close();
    expect(await daemon.ended).toBe(0);
  }, 300_000);
});

const canWriteKernelLog =
  isRoot && spawnSync('sh', ['-c', 'test -w /dev/kmsg && dmesg -S >/dev/null']).status === 0;

describe.skipIf(!canWriteKernelLog)('kernel messages (needs /dev/kmsg)', () => {
  test('one that the kernel shows on its console asks for a repaint, a quiet one does not', async () => {
    await world.start('controller');
    const console = await world.connect('controller');
    const abort = new AbortController();
    let repaints = 0;
    const watching = console.call(
      watchRepaint,
      {},
      {
        signal: abort.signal,
        onItem: () => {
          repaints += 1;
        },
      },
    );
    const level = Number((await readFile('/proc/sys/kernel/printk', 'utf8')).split(/\s+/)[0]);
    // Said again until it is heard: the reader needs a moment to begin.
    await expect
      .poll(
        () => {
          appendFileSync('/dev/kmsg', `<${level - 1}>test of the console's repaint\n`);
          return repaints;
        },
        { interval: 200, timeout: 60_000 },
      )
      .toBeGreaterThan(0);
    // The kernel may have something to say of its own meanwhile: then once more.
    const afterQuiet = async () => {
      await pause(1_000);
      const before = repaints;
      appendFileSync('/dev/kmsg', `<7>a quiet test of the console's repaint\n`);
      await pause(1_000);
      return repaints - before;
    };
    const wanted = level > 7 ? 1 : 0;
    let asked = await afterQuiet();
    for (let again = 0; asked !== wanted && again < 15; again++) asked = await afterQuiet();
    expect(asked).toBe(wanted);
    abort.abort();
    await watching;
  });
});
