import { pickFrom } from '../fakes/random.ts';

const GOOD_KEYS = [
  ...['\r', '\x1b', '\t', '\x1b[Z', '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1b[H', '\x1b[F'],
  ...['\x1b[5~', '\x1b[6~', '\x7f', '\x1b[3~', ' ', 'j', 'k', 'y', 'n', '0', '2', '?', '\x0c', '\x10'],
  ...['\x1bOP', '\x1bOQ', '\x1b[15~', '\x1b[17~', '\x1b[24~'],
];
/** Of all keys, so many are ones that do something; the rest are bytes of any kind. */
const GOOD_SHARE = 0.4;

/** Bytes of any kind, keys that do something among them. @param but characters that it must not hold */
export function keyNoise(random: () => number, keys: number, but: string): Buffer {
  const good = GOOD_KEYS.filter((key) => !but.includes(key));
  const left = new Set([...but].map((char) => char.charCodeAt(0)));
  const pick = (): Buffer =>
    random() < GOOD_SHARE ? Buffer.from(pickFrom(random, good)) : Buffer.from([Math.floor(random() * 256)]);
  const bytes = Buffer.concat(Array.from({ length: keys }, pick));
  return Buffer.from(bytes.map((byte) => (left.has(byte) ? 0x20 : byte)));
}

/** Ends whatever sequence or paste noise may have begun. */
export const NOISE_END = '\x07\x1b[201~';
