import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, nothing, procedure, struct, uint, union } from '../../src/system/libvirt/codec.ts';
import { PROCEDURE } from '../../src/system/libvirt/codecs.gen.ts';
import { LibvirtConnection } from '../../src/system/libvirt/connection.ts';
import { recordOf } from '../../src/system/libvirt/domains.ts';
import { XdrReader, XdrWriter } from '../../src/system/libvirt/xdr.ts';

test('what is written is read back, with its padding', () => {
  const bytes = new XdrWriter()
    .uint(0xffff_ffff)
    .string('abc')
    .string('')
    .optional((writer) => writer.string('ü'))
    .optional()
    .end();
  expect(bytes.length).toBe(4 + 8 + 4 + 12 + 4);
  const reader = new XdrReader(bytes);
  expect(reader.uint()).toBe(0xffff_ffff);
  expect([reader.string(), reader.string()]).toEqual(['abc', '']);
  expect(reader.optional((inner) => inner.string())).toBe('ü');
  expect(reader.optional((inner) => inner.string())).toBeUndefined();
});

test.each([
  ['a number', Buffer.alloc(3), (reader: XdrReader) => reader.int()],
  ['a text longer than the message', new XdrWriter().uint(9).end(), (reader: XdrReader) => reader.string()],
  [
    'a list of four billion',
    new XdrWriter().uint(0xffff_ffff).end(),
    (reader: XdrReader) => reader.list(() => 0),
  ],
])('a message that ends early is an error: %s', (_, bytes, read) => {
  expect(() => read(new XdrReader(bytes))).toThrow(RangeError);
});

const UUID = Buffer.from('659833cc1ed34420b4c0d06b423ce42a', 'hex');
/** One domain with parameters of every type; `state.state` is signed, the other two unsigned. */
function statistics(type = 7): Buffer {
  const head = new XdrWriter().uint(1).string('vm-a').end();
  const parameters = new XdrWriter()
    .uint(0xffff_ffff)
    .uint(4)
    .string('state.state')
    .uint(1)
    .uint(1)
    .string('vcpu.current')
    .uint(2)
    .uint(4)
    .string('balloon.maximum')
    .uint(4)
    .uint(0)
    .uint(65536)
    .string('some.text')
    .uint(type)
    .string('x');
  return Buffer.concat([head, UUID, parameters.end()]);
}

test('a domain of bulk statistics', () => {
  const { result } = PROCEDURE.connectGetAllDomainStats;
  expect(result.read(new XdrReader(statistics())).retStats.map(recordOf)).toEqual([
    {
      uuid: '659833cc-1ed3-4420-b4c0-d06b423ce42a',
      ...{ name: 'vm-a', state: 1, vcpus: 4, memory: 67_108_864 },
    },
  ]);
  expect(() => result.read(new XdrReader(statistics(99)))).toThrow('unknown type 99');
});

const written = <T>(codec: { write(writer: XdrWriter, value: T): void }, value: T): Buffer => {
  const writer = new XdrWriter();
  codec.write(writer, value);
  return writer.end();
};

test('each type is read as it was written, and what does not fit is neither written nor read', () => {
  const value = union({ 1: uint, 4: list(uint, 2) });
  const codec = struct({ one: value, other: value });
  const both = { one: { type: 1, value: 7 }, other: { type: 4, value: [8, 9] } } as const;
  const bytes = written(codec, { ...both, other: { type: 4, value: [8, 9] } });
  expect(codec.read(new XdrReader(bytes))).toEqual(both);
  expect(() => written(value, { type: 4, value: [1, 2, 3] })).toThrow('2 is the most');
  expect(() => value.read(new XdrReader(written(list(uint, 9), [4, 3, 1, 2, 3])))).toThrow(RangeError);
  expect(() => written(uint, -1)).toThrow(RangeError);
  const { args } = PROCEDURE.domainLookupByUuid;
  expect(() => written(args, { uuid: UUID.subarray(1) })).toThrow('15 bytes where 16 belong');
});

let folder: string;
let server: Server;
let peer: Promise<Socket>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virt-'));
  server = createServer();
  peer = new Promise((resolve) =>
    server.once('connection', (socket) => resolve(socket.on('error', () => {}))),
  );
  await new Promise<void>((resolve) => server.listen(join(folder, 'sock'), resolve));
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** An answer with this serial: of libvirt's program, or of another one. */
const answer = (serial: number, status: number, payload: Buffer, program = 0x20008086) =>
  Buffer.concat([
    new XdrWriter()
      .uint(28 + payload.length)
      .uint(program)
      .uint(1)
      .uint(1)
      .uint(1)
      .uint(serial)
      .uint(status)
      .end(),
    payload,
  ]);

const NUMBER = procedure(1, nothing, uint);
const open = () => LibvirtConnection.open(join(folder, 'sock'), () => {});

test('answers are matched by number, in whatever order and pieces they come', async () => {
  const connection = await open();
  const socket = await peer;
  const calls = [connection.call(NUMBER, undefined), connection.call(NUMBER, undefined)];
  const both = Buffer.concat([2, 1].map((serial) => answer(serial, 0, new XdrWriter().uint(serial).end())));
  for (const byte of both) {
    socket.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  const answers = await Promise.all(calls);
  expect(answers).toEqual([1, 2]);
  connection.close();
  socket.destroy();
});

test('libvirt’s own error text is passed on', async () => {
  const connection = await open();
  const socket = await peer;
  const call = connection.call(NUMBER, undefined);
  const message = new XdrWriter()
    .uint(38)
    .uint(10)
    .optional((writer) => writer.string('Domain not found'));
  socket.write(answer(1, 1, message.end()));
  await expect(call).rejects.toMatchObject({ kind: 'failed', words: { en: 'libvirt: Domain not found' } });
  connection.close();
  socket.destroy();
});

test.each([
  ['nonsense', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'failed'],
  ['a length of nothing', new XdrWriter().uint(0).end(), 'failed'],
  ['an error without its text', answer(1, 1, Buffer.alloc(4)), 'failed'],
  ['a length of two gigabytes', new XdrWriter().uint(0x7fff_ffff).end(), 'failed'],
])('%s ends the connection, and the call with it', async (_, bytes, kind) => {
  const connection = await open();
  const call = connection.call(NUMBER, undefined);
  const socket = await peer;
  socket.write(bytes);
  await expect(call).rejects.toMatchObject({ kind });
  expect((await connection.closed).kind).toBe(kind);
  await expect(connection.call(NUMBER, undefined)).rejects.toMatchObject({ kind: 'unavailable' });
});

test('a daemon that ends in the middle of an answer', async () => {
  const connection = await open();
  const call = connection.call(NUMBER, undefined);
  const socket = await peer;
  socket.end(answer(1, 0, Buffer.alloc(100)).subarray(0, 60));
  await expect(call).rejects.toMatchObject({ kind: 'unavailable' });
});

test('nobody listens', async () => {
  await expect(LibvirtConnection.open(join(folder, 'other'), () => {})).rejects.toMatchObject({
    kind: 'unavailable',
    words: { en: 'libvirt is not running' },
  });
});
