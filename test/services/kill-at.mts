import { readdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';

/**
 * Loaded before a program: counts the points of its keeping of a network change and kills it at the nth. Points are
 * before and after each sync of a file, and before each message to NetworkManager; they count from the moment on at
 * which the folder ZS_KILL_FOLDER holds ZS_KILL_FROM. The count so far is in ZS_KILL_COUNT.
 */
const { ZS_KILL_FOLDER = '', ZS_KILL_FROM = '', ZS_KILL_COUNT = '', ZS_KILL_AT = '0' } = process.env;
let points = 0;

function keeps(): boolean {
  try {
    return readdirSync(ZS_KILL_FOLDER).includes(ZS_KILL_FROM);
  } catch {
    return false;
  }
}

function point(): void {
  if (points === 0 && !keeps()) return;
  points += 1;
  writeFileSync(ZS_KILL_COUNT, String(points));
  if (points === Number(ZS_KILL_AT)) process.kill(process.pid, 'SIGKILL');
}

const handle = await open('/dev/null');
const files = Object.getPrototypeOf(handle) as Record<'sync' | 'datasync', () => Promise<void>>;
for (const name of ['sync', 'datasync'] as const) {
  const real = files[name];
  files[name] = async function (this: object) {
    point();
    await real.call(this);
    point();
  };
}
await handle.close();

const { write } = Socket.prototype;
Socket.prototype.write = function (this: Socket, ...words: Parameters<typeof write>) {
  // The first byte of a D-Bus message of a little-endian machine.
  if ((words[0] as unknown) instanceof Uint8Array && words[0][0] === 0x6c) point();
  return write.apply(this, words);
} as typeof write;
