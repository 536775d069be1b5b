import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkHostname } from '../../src/node/broker/name.ts';
import { pinnedHost, pinnedName } from '../../src/system/rabbitmq-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'broker-name-'));
afterAll(() => rmSync(folder, { recursive: true }));
const settings = (text: string) => writeFileSync(join(folder, 'rabbitmq-env.conf'), text);
const refusal = (name: string) =>
  checkHostname(folder, name).then(
    () => 'none',
    (thrown) => thrown.words.en,
  );

test.each([
  ['NODENAME=rabbit@localhost\n', 'rabbit@localhost', 'localhost'],
  ['export RABBITMQ_NODENAME="rabbit@localhost" # pinned', 'rabbit@localhost', 'localhost'],
  ["NODENAME=rabbit@one\n NODENAME='rabbit@two'\n", 'rabbit@two', 'two'],
  ['NODENAME=other\n', 'other', undefined],
  ['#NODENAME=rabbit@localhost\nNODE_PORT=5672\n', undefined, undefined],
  ['', undefined, undefined],
])('the settings %j', async (text, name, host) => {
  settings(text);
  expect([await pinnedName(folder), await pinnedHost(folder)]).toEqual([name, host]);
});

test('the name that the broker has is the one that is looked at', async () => {
  settings('NODENAME=rabbit@localhost\n');
  expect(await refusal('node.example')).toBe('none');
  settings('NODENAME=rabbit@node.example\n');
  expect(await refusal('localhost')).toBe('the hostname node.example has a dot');
  settings('');
  expect(await refusal('node.example')).toBe('the hostname node.example has a dot');
  expect(await refusal('nowhere-invalid')).toBe('the hostname nowhere-invalid does not resolve');
  expect(await refusal('localhost')).toBe('none');
});

test('without settings the host’s own name counts', async () => {
  rmSync(join(folder, 'rabbitmq-env.conf'));
  expect(await refusal('node.example')).toBe('the hostname node.example has a dot');
});
