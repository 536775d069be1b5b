import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { requestCode } from '../../src/node/licence/request.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { openEntry, refill } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const CODE = /[A-Z2-9]{5}(-[A-Z2-9]{5}){4}/;
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
let node: TestNode;
let path: string;
let file: string;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
  writeFileSync(join(node.folder, 'etc/machine-id'), '0123456789abcdef0123456789abcdef\n');
  path = layoutOf(node.data).licence;
  file = join(node.folder, 'new.txt');
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

const setKey = (key: KeyObject): void => {
  mkdirSync(node.places.config, { recursive: true });
  writeFileSync(join(node.places.config, 'licence-key.pem'), key.export({ type: 'spki', format: 'pem' }));
};

function licence(lines: Record<string, string>): string {
  const text = Object.entries(lines)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
  return `${text}signature = ${sign(null, Buffer.from(text), privateKey).toString('base64')}\n`;
}

/** Loads what is written into the file, from the form that is open. */
async function isRefused(terminal: TestTerminal, text: string, said: string): Promise<void> {
  writeFileSync(file, text);
  refill(terminal, [file]);
  terminal.press('enter');
  await terminal.see(said);
}

async function open(): Promise<{ terminal: TestTerminal; code: string }> {
  const terminal = await openEntry(node, PASSWORD, 'Licence', { columns: 120, rows: 37 });
  await terminal.see(/Request code +[A-Z2-9]{5}-/);
  return { terminal, code: CODE.exec(terminal.grid())?.[0] ?? '' };
}

test('without a file: community without an end; without a publisher’s key nothing can be loaded', async () => {
  const { terminal, code } = await open();
  expect(code).toBe(await requestCode('/sys/class/dmi/id', join(node.folder, 'etc/machine-id')));
  await terminal.see(/Type +community/);
  expect(terminal.grid()).toMatch(/Expires +never/);
  terminal.press('f4');
  await terminal.see('Path of the file');
  await isRefused(terminal, licence({ type: 'paid', request: code }), "no publisher's key");
});

test('altered, for another machine, ended, none: each is told and none is put in force', async () => {
  setKey(publicKey);
  const { terminal, code } = await open();
  terminal.press('f4');
  await terminal.see('Path of the file');
  const good = licence({ type: 'trial', request: code, expires: '2999-12-31', hosts: '3' });
  await isRefused(terminal, good.replace('hosts = 3', 'hosts = 9'), 'it was altered');
  await isRefused(terminal, licence({ type: 'paid', request: 'AAAAA' }), 'it is for the machine');
  const ended = licence({ type: 'trial', request: code, expires: '2020-02-29' });
  await isRefused(terminal, ended, 'it ended on 2020-02-29');
  await isRefused(terminal, licence({ type: 'golden', request: code }), 'its type makes no sense');
  await isRefused(terminal, 'hello\n', 'it has no signature');
  await isRefused(terminal, 'x'.repeat(100_000), 'cannot be read as a licence');
  rmSync(file);
  refill(terminal, [file]);
  terminal.press('enter');
  await terminal.see('there is no');
  terminal.press('escape');
  await terminal.see(/Type +community/);
});

test('a good one is in force at once; without its file community is back', async () => {
  setKey(publicKey);
  const { terminal, code } = await open();
  terminal.press('f4');
  await terminal.see('Path of the file');
  const text = licence({
    type: 'trial',
    request: code,
    user: 'Test 公司',
    expires: '2999-12-31',
    hosts: '3',
  });
  writeFileSync(file, text);
  refill(terminal, [file]);
  terminal.press('enter');
  await terminal.see(/Type +trial/);
  expect(terminal.grid()).toMatch(/Expires +2999-12-31/);
  expect(terminal.grid()).toMatch(/Hosts +3/);
  expect(readFileSync(path, 'utf8')).toBe(text);
  rmSync(path);
  terminal.press('f3');
  await terminal.see(/Type +community/);
});

test('zstack-ctl install_license: a good one, a bad one, none', async () => {
  setKey(publicKey);
  const cli = new URL('../../dist/cli.cjs', import.meta.url).pathname;
  const install = (...given: string[]) =>
    spawnSync(process.execPath, [cli, 'zstack-ctl', 'install_license', ...given, '--data', node.data], {
      encoding: 'utf8',
      cwd: node.folder,
    });
  const code = await requestCode('/sys/class/dmi/id', join(node.folder, 'etc/machine-id'));
  writeFileSync(file, licence({ type: 'paid', request: code, hosts: '20' }));
  const good = install('-f', 'new.txt');
  expect([good.status, good.stdout]).toEqual([0, `in force: paid for ${code}, without an end\n`]);
  writeFileSync(file, licence({ type: 'paid', request: code, expires: '2020-01-01' }));
  const bad = install('--license', file);
  expect([bad.status, bad.stderr]).toEqual([
    2,
    'zstack-ctl: the licence is not good: it ended on 2020-01-01\n',
  ]);
  expect(install().status).toBe(2);
  expect(readFileSync(path, 'utf8')).toContain('hosts = 20');
});
