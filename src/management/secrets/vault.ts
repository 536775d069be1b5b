import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FILE = 'secrets.key';
const FILE_LIMIT = 1024;

/**
 * Seals secrets for the store: who has the store, or a dump of it, and not this service's key file, has none of them. A
 * sealed one reads `KEY.BYTES`: which key it was, and nonce, tag and ciphertext in base64url.
 */
export class Vault {
  readonly #key: Buffer;
  /** Names the key without telling it. */
  readonly #name: string;

  constructor(key: Buffer = randomBytes(KEY_BYTES)) {
    this.#key = key;
    this.#name = createHash('sha256').update(key).digest('hex').slice(0, 12);
  }

  /** With the key of this folder, made at the first time. Throws `failed` for a file that is none: it is left alone. */
  static async open(folder: string): Promise<Vault> {
    const path = join(folder, FILE);
    const text = await readText(path, FILE_LIMIT);
    if (text !== undefined) return new Vault(keyIn(text, path));
    const key = randomBytes(KEY_BYTES);
    await ensureFolder(folder);
    await writeWhole(path, `${key.toString('hex')}\n`);
    return new Vault(key);
  }

  /** @param about uuid of what it belongs to: for another one it does not open */
  seal(secret: Secret, about: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(about));
    const body = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
    return `${this.#name}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** Throws `unavailable` where it was sealed with another key, `failed` where it was changed since. */
  open(sealed: string, about: string): Secret {
    const [name, text = ''] = sealed.split('.');
    if (name !== this.#name) throw otherKey();
    const bytes = Buffer.from(text, 'base64url');
    const body = NONCE_BYTES + TAG_BYTES;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(NONCE_BYTES, body));
      return new Secret(decipher.update(bytes.subarray(body), undefined, 'utf8') + decipher.final('utf8'));
    } catch (cause) {
      throw new Fault('failed', say('a secret in the store was changed', '数据库中的机密已被改动'), {
        cause,
      });
    }
  }
}

function keyIn(text: string, path: string): Buffer {
  const hex = text.trim();
  if (new RegExp(`^[0-9a-f]{${KEY_BYTES * 2}}$`).test(hex)) return Buffer.from(hex, 'hex');
  throw new Fault('failed', say(`${path} is no key of secrets`, `${path} 不是机密密钥`), {
    next: say('put the file of before back', '请放回原来的文件'),
  });
}

const otherKey = (): Fault =>
  new Fault(
    'unavailable',
    say(
      `it was sealed with a key that is not the ${FILE} of this management node`,
      `加密所用的密钥不是本管理节点的 ${FILE}`,
    ),
    { next: say('set it anew, or delete it', '请重新设置或删除') },
  );
