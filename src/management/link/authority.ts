import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { certify, type Identity, newKey, publicOf } from './certificates.ts';

const NAME = 'zs cluster authority';
const FILE_LIMIT = 64 * 1024;
/** A host's certificate is good for 90 days; this old it is made anew. */
const RENEW_MILLISECONDS = 60 * 86_400_000;

/** Whose certificate it is, as far as the certificate tells. */
export interface Holder {
  /** Uuid of the host. */
  readonly host: string;
  /** PEM. */
  readonly publicKey: string;
  readonly keyHash: string;
  /** It has to be made anew before anything else. */
  readonly isDue: boolean;
}

/** Hash of a public key (PEM or DER certificate's), by which a host is known. */
export const keyHashOf = (publicKey: string): string =>
  createHash('sha256')
    .update(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** The cluster's own certificate authority: who it has certified is a host, or this service. */
export class Authority {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate, 64 hex digits: what a person compares at a join. */
  readonly fingerprint: string;
  readonly #key: string;
  readonly #read: X509Certificate;

  private constructor({ key, certificate }: Identity) {
    this.#key = key;
    this.certificate = certificate;
    this.#read = new X509Certificate(certificate);
    this.fingerprint = createHash('sha256').update(this.#read.raw).digest('hex');
  }

  /** The one of this folder, made at the first time. Throws `failed` for a file that makes no sense: it is left alone. */
  static async open(folder: string): Promise<Authority> {
    const path = join(folder, 'authority.pem');
    const text = await readText(path, FILE_LIMIT);
    if (text !== undefined) return Authority.#of(path, text);
    const key = newKey();
    const issuer = { name: NAME, key };
    const certificate = await certify({ kind: 'authority', name: NAME, publicKey: publicOf(key), issuer });
    await ensureFolder(folder);
    // Both in one file, so that there never is one without the other.
    await writeWhole(path, key + certificate);
    return new Authority({ key, certificate });
  }

  static #of(path: string, text: string): Authority {
    const [key = '', certificate = ''] = text.split(/(?=-----BEGIN CERTIFICATE-----)/);
    try {
      const authority = new Authority({ key, certificate });
      if (authority.#read.verify(createPublicKey(key))) return authority;
    } catch (cause) {
      throw broken(path, cause);
    }
    throw broken(path);
  }

  /** A key and a certificate for this service, for as long as it runs; the authority's own stands behind it. */
  async forService(): Promise<Identity> {
    const key = newKey();
    const certificate = await this.#certified('service', 'zs-management', publicOf(key));
    return { key, certificate: certificate + this.certificate };
  }

  /** A certificate for a host's key. @param publicKey PEM */
  forHost(uuid: string, publicKey: string): Promise<string> {
    return this.#certified('host', uuid, publicKey);
  }

  #certified(kind: 'service' | 'host', name: string, publicKey: string): Promise<string> {
    return certify({ kind, name, publicKey, issuer: { name: NAME, key: this.#key } });
  }

  /** Undefined for a certificate that this authority has not made for a host. @param der the other side's, if any */
  holder(der: Buffer | undefined): Holder | undefined {
    if (der === undefined) return undefined;
    const read = new X509Certificate(der);
    const [, host] = /^CN=([0-9a-f]{32})$/.exec(read.subject) ?? [];
    if (host === undefined || !read.checkIssued(this.#read) || !read.verify(this.#read.publicKey))
      return undefined;
    const publicKey = read.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const isDue = Date.now() - Date.parse(read.validFrom) > RENEW_MILLISECONDS;
    return { host, publicKey, keyHash: keyHashOf(publicKey), isDue };
  }
}

const broken = (path: string, cause?: unknown): Fault =>
  new Fault('failed', say(`${path} holds no key with its certificate`, `${path} 中没有密钥及其证书`), {
    next: say('put it back from a copy: the hosts know no other', '请用副本恢复：主机只认这一个'),
    ...(cause === undefined ? {} : { cause }),
  });
