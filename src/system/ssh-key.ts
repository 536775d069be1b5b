import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { ensureFolder, readText, writeWhole } from './files.ts';

const TYPE = 'ssh-ed25519';
const LIMIT = 64 * 1024;
const BLOCK = 8;
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';

export interface SshKey {
  /** In OpenSSH's own form, as its `ssh -i` takes it. */
  private: string;
  /** Type and key, as a line of authorized_keys has them, without a comment. */
  public: string;
}

/** The key pair in a file, made when there is none; only its owner may read it, and the folder that is made for it. */
export async function ownSshKey(path: string): Promise<SshKey> {
  const found = await readText(path, LIMIT);
  if (found !== undefined) return { private: found, public: publicOf(found) };
  const made = makeSshKey();
  await ensureFolder(dirname(path));
  await writeWhole(path, made.private);
  return made;
}

/** A new ed25519 key pair without a passphrase. */
export function makeSshKey(): SshKey {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const blob = Buffer.concat([field(TYPE), field(point)]);
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[field('none'), field('none'), field('')],
    ...[Buffer.from([0, 0, 0, 1]), field(blob), field(secretPart(seed, point))],
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return { private: `${[BEGIN, ...lines, END].join('\n')}\n`, public: lineOf(blob) };
}

/** Length before the bytes, as SSH writes every field. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function secretPart(seed: Buffer, point: Buffer): Buffer {
  const check = randomBytes(4);
  const part = Buffer.concat([
    ...[check, check, field(TYPE), field(point)],
    ...[field(Buffer.concat([seed, point])), field('')],
  ]);
  const missing = (BLOCK - (part.length % BLOCK)) % BLOCK;
  return Buffer.concat([part, Buffer.from(Array.from({ length: missing }, (_, at) => at + 1))]);
}

const lineOf = (blob: Buffer): string => `${TYPE} ${blob.toString('base64')}`;

/** What stands in the open part of a private key of ours. Throws when the file is none. */
function publicOf(text: string): string {
  const inner = text.replace(BEGIN, '').replace(END, '');
  const bytes = Buffer.from(inner, 'base64');
  const at = bytes.indexOf(field(TYPE));
  if (at < 4) throw new Error('the key of this node is damaged');
  return lineOf(bytes.subarray(at, at + bytes.readUInt32BE(at - 4)));
}
