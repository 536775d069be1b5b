import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/api/secret-text.ts';
import { Tickets } from '../../../src/controller/tickets.ts';
import { checkTicket, issueTicket, ticketKey } from '../../../src/guard/ticket.ts';

const bearer = { line: 'tty1', uid: 990 };
const caller = { ...bearer, pid: 1, program: 'console' };
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-ticket-'));
  path = join(folder, 'guard.key');
});
afterEach(() => rm(folder, { recursive: true }));

test('the key is made once, whoever comes first, and is private', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => ticketKey(path)));
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, 'utf8')).length).toBe(64);
});

test('a file that holds no key is not used', async () => {
  await writeFile(path, 'short');
  await expect(ticketKey(path)).rejects.toThrow('does not hold a key');
});

test('a ticket is good for its bearer and for its time', async () => {
  const key = await ticketKey(path);
  const ticket = issueTicket(key, bearer, 1_000);
  expect(checkTicket(key, ticket, bearer, 1_500, 60_000)).toMatchObject(bearer);
  for (const [other, now] of [
    [{ ...bearer, line: 'tty2' }, 1_500],
    [{ ...bearer, uid: 0 }, 1_500],
    [bearer, 61_001],
    [bearer, 999],
  ] as const) {
    expect(() => checkTicket(key, ticket, other, now, 60_000)).toThrow('given again');
  }
});

test('forged and damaged tickets are refused, with the same words', async () => {
  const key = await ticketKey(path);
  const ticket = issueTicket(key, bearer, 1_000);
  const [body = '', signature = ''] = ticket.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...claims, uid: 0 })).toString('base64url');
  const forgeries = [
    '',
    '.',
    'x',
    `${body}.`,
    `.${signature}`,
    `${other}.${signature}`,
    `${body}.${signature}x`,
  ];
  for (const forged of [...forgeries, issueTicket(Buffer.alloc(32), bearer, 1_000)]) {
    expect(() => checkTicket(key, forged, bearer, 1_500, 60_000)).toThrow('the password must be given again');
  }
});

test('a ticket of an earlier boot is refused', async () => {
  const key = await ticketKey(path);
  const claims = { boot: 'earlier', time: 1_000, ...bearer, nonce: 'n' };
  const { createHmac } = await import('node:crypto');
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const signature = createHmac('sha256', key).update(body).digest('base64url');
  expect(() => checkTicket(key, `${body}.${signature}`, bearer, 1_500, 60_000)).toThrow('given again');
});

test('the controller takes a ticket once, gives it back when nothing was opened, and none from before its start', async () => {
  const key = await ticketKey(path);
  let now = 5_000;
  const tickets = new Tickets(path, () => now);
  now += 10;
  const ticket = new Secret(issueTicket(key, bearer, now));
  const nonce = await tickets.use(caller, ticket);
  await expect(tickets.use(caller, ticket)).rejects.toThrow('given again');
  tickets.giveBack(nonce);
  await tickets.use(caller, ticket);
  const early = new Secret(issueTicket(key, bearer, 4_000));
  await expect(tickets.use(caller, early)).rejects.toThrow('given again');
  now += 60_001;
  await expect(tickets.use(caller, ticket)).rejects.toThrow('given again');
});
