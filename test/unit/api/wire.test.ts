import { expect, test } from 'vitest';
import { Secret } from '../../../src/api/secret-text.ts';
import { encode, encodeRequest, LineReader, parseClientHello, parseRequest } from '../../../src/api/wire.ts';

test('a secret leaves its wrapper in a request and nowhere else', () => {
  const input = { password: new Secret('tr0ub4dor'), nested: [{ key: new Secret('k') }] };
  expect(encodeRequest({ id: 1, action: 'a.b', input })).toBe(
    '{"id":1,"action":"a.b","input":{"password":"tr0ub4dor","nested":[{"key":"k"}]}}\n',
  );
  expect(encode({ id: 1, ok: input })).not.toContain('tr0ub4dor');
});

test('lines are found wherever the chunks are cut', () => {
  const bytes = Buffer.from('{"a":"é"}\n{"b":"中文"}\n');
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new LineReader(100);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...reader.push(bytes.subarray(at, at + size)));
    expect(lines).toEqual(['{"a":"é"}', '{"b":"中文"}']);
    expect(reader.partial).toBe(false);
  }
});

test('a line may be as long as the limit and no longer', () => {
  expect(new LineReader(4).push(Buffer.from('1234\n'))).toEqual(['1234']);
  expect(() => new LineReader(4).push(Buffer.from('12345'))).toThrow('longer than 4 bytes');
  const reader = new LineReader(4);
  expect(reader.push(Buffer.from('123'))).toEqual([]);
  expect(() => reader.push(Buffer.from('45'))).toThrow('longer than 4 bytes');
});

test('bytes that are not UTF-8 are refused', () => {
  expect(() => new LineReader(10).push(Buffer.from([0xff, 0xfe, 10]))).toThrow('not UTF-8');
});

test.each([
  ['', 'not JSON'],
  ['nonsense', 'not JSON'],
  ['[]', 'not a JSON object'],
  ['null', 'not a JSON object'],
  ['{}', 'id must be'],
  ['{"id":0,"action":"a.b"}', 'id must be'],
  ['{"id":1.5,"action":"a.b"}', 'id must be'],
  ['{"id":"1","action":"a.b"}', 'id must be'],
  ['{"id":1}', 'action must be'],
  ['{"id":1,"action":""}', 'action must be'],
  ['{"id":1,"action":7}', 'action must be'],
  ['{"id":1,"action":"tab\\there"}', 'action must be'],
])('the request %s is refused', (line, why) => {
  expect(() => parseRequest(line)).toThrow(why);
});

test.each([
  '{}',
  '{"hello":7}',
  '{"hello":{"program":"console"}}',
  '{"hello":{"program":"console","line":"a\\u001b[2J","version":"1"}}',
  '{"hello":{"program":"cluster","line":"-","version":"1"}}',
])('the hello %s is refused', (line) => {
  expect(() => parseClientHello(line)).toThrow('hello');
});
