import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Mask } from '../../src/node/logs/mask.ts';

const SECRET = `p "w" \\ <&> 'é' 密`;
const mask = new Mask([SECRET, 'plain-word-1', 'abc']);
const masked = (text: string) =>
  Buffer.from(mask.apply(Buffer.from(text).toString('latin1')), 'latin1').toString();

test.each([
  'DB.password = s3cret#x',
  'DB.password=s3cret',
  '"password": "s3cret x"',
  "password: 's3cret'",
  'CloudBus.rabbitmqPassword : s3cret',
  'rootPassword=s3cret&user=x',
  'jdbc:mysql://zstack:s3cret@10.0.0.1:3306/zstack',
  'Authorization: OAuth s3cret',
  'authorization: Basic czNjcmV0s3cret==',
  "ALTER USER a@b IDENTIFIED BY 's3cret'",
  "IDENTIFIED VIA mysql_native_password USING 's3cret'",
  "SET PASSWORD FOR x = PASSWORD('s3cret')",
  'token=s3cret;',
  'api_key: s3cret',
  'wifi-security.psk=s3cret',
  'SECRET_ACCESS_KEY = "s3cret"',
])('by name: %s', (line) => {
  expect(masked(`before ${line} after`)).not.toContain('s3cret');
  expect(masked(line)).toContain('***');
});

test('what stands around it stays', () => {
  expect(masked('user=joe password=s3cret host=db1\nnext line')).toBe(
    'user=joe password=*** host=db1\nnext line',
  );
  expect(masked('http://10.0.0.1:8080/path and a monkey: banana')).toBe(
    'http://10.0.0.1:8080/path and a monkey: banana',
  );
});

test.each([
  ['as it is', SECRET],
  ['as JSON', JSON.stringify({ any: SECRET })],
  ['in an address', encodeURIComponent(SECRET)],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in XML', `<x>p &quot;w&quot; \\ &lt;&amp;&gt; 'é' 密</x>`],
  ['in a shell', `'${SECRET.replaceAll("'", "'\\''")}'`],
  ['in SQL', `'${SECRET.replaceAll("'", "''")}'`],
  ['as properties', `x=p "w" \\\\ <&> '\\u00e9' \\u5bc6`],
])('by value %s', (_how, text) => expect(masked(`x ${text} y`)).toMatch(/x .*\*\*\*.* y/));

test('a short one is not looked for', () => expect(masked('abcdef')).toBe('abcdef'));

async function streamed(text: Buffer, size: number): Promise<Buffer> {
  const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.subarray(at * size, (at + 1) * size),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(parts).pipe(mask.stream())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('in a stream cut anywhere, and bytes that are no text come back as they were', async () => {
  const garbage = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) % 256)).filter(
    (byte) => byte !== 10,
  );
  const text = Buffer.concat([
    Buffer.from('a plain-word-1 b\n'.repeat(50)),
    garbage,
    Buffer.from('\npassword=s3cret'),
  ]);
  const wanted = Buffer.concat([Buffer.from('a *** b\n'.repeat(50)), garbage, Buffer.from('\npassword=***')]);
  for (const size of [1, 7, 64, 100_000]) expect((await streamed(text, size)).equals(wanted)).toBe(true);
});
