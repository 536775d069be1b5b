import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyMasked } from '../../src/node/logs/copy.ts';
import { Mask } from '../../src/node/logs/mask.ts';
import { Scan } from '../../src/node/logs/scan.ts';

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

/** What a file of these bytes becomes; the buffer takes `longest` bytes at a time. */
async function copied(text: Buffer, longest: number): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'mask-'));
  writeFileSync(join(folder, 'in'), text);
  const [source, sink] = [await open(join(folder, 'in')), await open(join(folder, 'out'), 'w')];
  try {
    const { signal } = new AbortController();
    expect(await copyMasked(source, 0, text.length, mask, sink, signal, longest)).toBe(text.length);
    return readFileSync(join(folder, 'out'));
  } finally {
    await source.close();
    await sink.close();
    rmSync(folder, { recursive: true });
  }
}

test('in a file read in pieces of any size, and bytes that are no text come back as they were', async () => {
  const garbage = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) % 256)).filter(
    (byte) => byte !== 10,
  );
  const text = Buffer.concat([
    Buffer.from('a plain-word-1 b\n'.repeat(50)),
    garbage,
    Buffer.from('\npassword=s3cret'),
  ]);
  const wanted = Buffer.concat([Buffer.from('a *** b\n'.repeat(50)), garbage, Buffer.from('\npassword=***')]);
  for (const size of [17, 64, 1000, 100_000]) expect((await copied(text, size)).equals(wanted)).toBe(true);
});

test('a value on the next line is masked as well', () => {
  for (const text of ['"password":\n  "s3cret"', "identified by\n's3cret'", 'token =\r\n s3cret']) {
    expect(masked(`x\n${text}\ny\n`)).not.toContain('s3cret');
    expect(masked(`x\n${text}\ny\n`)).toMatch(/^x\n[\s\S]*\ny\n$/);
  }
});

test('random texts: the search finds what a plain one finds, and lines are masked each by itself', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  console.log(`SEED=${seed}`);
  let state = seed;
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return from[(state >> 8) % from.length] as T;
  };
  const words = [
    ...[
      'PassWord=abc',
      'pas',
      'se',
      'secre',
      'SECRET=x',
      'token: t',
      'ke',
      'key',
      'p',
      'plain-word-1',
      'Plain-Word-1',
    ],
    ...['plain-word-', '://', 'http://a:b@c', ' ', 'xyz', '"', 'K', 'sk', 'psk=1'],
  ];
  const folded = ['secret', 'psk', '://'];
  const scan = new Scan([
    ...folded.map((text) => ({ bytes: Buffer.from(text), folded: true })),
    { bytes: Buffer.from('plain-word-1'), folded: false },
  ]);
  for (let round = 0; round < 300; round++) {
    const gap = pick(['', ' ']);
    const lines = Array.from(
      { length: 20 },
      () => `${Array.from({ length: 6 }, () => pick(words)).join(gap)}.`,
    );
    const text = lines.join('\n');
    const plain = [...folded.map((word) => text.toLowerCase().indexOf(word)), text.indexOf('plain-word-1')];
    expect(scan.find(Buffer.from(text), 0)).toBe(
      plain.filter((at) => at >= 0).sort((one, other) => one - other)[0] ?? -1,
    );
    expect(masked(text)).toBe(lines.map(masked).join('\n'));
  }
});
