import { createCipheriv } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const VERSION = 'RFB 003.008\n';
const NONE = 1;
const VNC = 2;
const CHALLENGE = 16;

/** VNC takes the bits of each character from the other end. */
const mirrored = (byte: number): number =>
  Number.parseInt([...byte.toString(2).padStart(8, '0')].reverse().join(''), 2);

/** DES of a challenge with a password of up to eight characters: three keys that are the same are one. */
function answerTo(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(8);
  for (const [at, char] of [...password].entries()) key[at] = mirrored(char.charCodeAt(0));
  const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** What a screen says to somebody who comes with that word: nothing is asked, or it is the right or a wrong one. */
export async function comesWith(path: string, password: string): Promise<'not asked' | 'right' | 'wrong'> {
  const socket = connect(path);
  try {
    const read = reader(socket);
    await read(VERSION.length);
    socket.write(VERSION);
    const [count = 0] = await read(1);
    const types = await read(count);
    if (types.includes(NONE)) return 'not asked';
    socket.write(Buffer.from([VNC]));
    socket.write(answerTo(await read(CHALLENGE), password));
    return (await read(4)).readUInt32BE() === 0 ? 'right' : 'wrong';
  } finally {
    socket.destroy();
  }
}

/** Reads so many bytes at a time. Throws when the other side ends before. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  const chunks = socket[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return async (count) => {
    while (held.length < count) {
      const { value, done } = await chunks.next();
      if (done) throw new Error(`the screen ends after ${held.length} of ${count} bytes`);
      held = Buffer.concat([held, value]);
    }
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
}
