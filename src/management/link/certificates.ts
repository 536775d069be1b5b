import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** For how many days each is good. */
const DAYS = { authority: 36_500, service: 3_650, host: 90 };
const DAY = 86_400_000;
/** object identifiers: RFC 5758, RFC 5280 */
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const USES = { service: '1.3.6.1.5.5.7.3.1', host: '1.3.6.1.5.5.7.3.2' };
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_USE = '2.5.29.37';

/** Private key and certificate as PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
}

type Kind = keyof typeof DAYS;

interface Wanted {
  readonly kind: Kind;
  readonly name: string;
  /** PEM. */
  readonly publicKey: string;
  readonly issuer: { readonly name: string; readonly key: string };
}

/** A new key on the curve P-256, as PEM. */
export const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

export const publicOf = (key: string): string =>
  createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString();

/** A certificate as PEM. It begins a day early, so that a clock that goes a little slow does not refuse it. */
export async function certify({ kind, name, publicKey, issuer }: Wanted): Promise<string> {
  // Loaded when a certificate is made: hosts only read them.
  const { AsnConvert, OctetString } = await import('@peculiar/asn1-schema');
  const x509 = await import('@peculiar/asn1-x509');
  const named = (text: string) =>
    new x509.Name([
      new x509.RelativeDistinguishedName([
        new x509.AttributeTypeAndValue({
          type: COMMON_NAME,
          value: new x509.AttributeValue({ utf8String: text }),
        }),
      ]),
    ]);
  const extension = (extnID: string, value: object) =>
    new x509.Extension({ extnID, critical: true, extnValue: new OctetString(AsnConvert.serialize(value)) });
  const spki = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  const now = Date.now();
  const algorithm = new x509.AlgorithmIdentifier({ algorithm: ECDSA_SHA256 });
  const body = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: positive(randomBytes(16)),
    signature: algorithm,
    issuer: named(issuer.name),
    subject: named(name),
    validity: new x509.Validity({
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + DAYS[kind] * DAY),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(spki, x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      extension(BASIC_CONSTRAINTS, new x509.BasicConstraints({ cA: kind === 'authority' })),
      ...(kind === 'authority' ? [] : [extension(EXTENDED_USE, new x509.ExtendedKeyUsage([USES[kind]]))]),
    ]),
  });
  const whole = new x509.Certificate({
    tbsCertificate: body,
    signatureAlgorithm: algorithm,
    signatureValue: exact(sign('sha256', Buffer.from(AsnConvert.serialize(body)), issuer.key)),
  });
  return asPem(Buffer.from(AsnConvert.serialize(whole)));
}

const asPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;

const exact = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** A serial number is positive, and written without zeros before it. */
function positive(bytes: Buffer): ArrayBuffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return exact(bytes);
}
