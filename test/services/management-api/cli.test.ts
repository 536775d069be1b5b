import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiWorld, type Told } from './world.ts';

const CLI = fileURLToPath(new URL('../../../dist/zstack-cli.cjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'cli-home-'));
const FOLDER = join(home, '.zstack', 'cli');
let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.start('embedded');
});
afterAll(async () => {
  await world.end();
  rmSync(home, { recursive: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
  told: Told;
}

async function ran(words: string[], { port = world.port, input = '', env = {} } = {}): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, '-H', '127.0.0.1', '-p', String(port), ...words], {
    env: { ...process.env, HOME: home, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, out, err, told: out === '' ? undefined : JSON.parse(out) };
}

const fileOf = (port: number) => join(FOLDER, `session-127.0.0.1-${port}`);
const session = () => fileOf(world.port);

test('without a log-in nothing is sent', async () => {
  const { code, out, err } = await ran(['QueryZone']);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('LogInByAccount');
});

test('a log-in by one call holds for the next; its session is this user’s alone', async () => {
  const env = { ZSTACK_CLI_PASSWORD: 'password' };
  const { code, told, err } = await ran(['LogInByAccount', 'accountName=admin'], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(readFileSync(session(), 'utf8')).toBe(`${told.inventory?.uuid}\n`);
  expect([statSync(session()).mode & 0o777, statSync(FOLDER).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(readdirSync(FOLDER)).toHaveLength(1);
  const made = await ran(['CreateZone', 'name="zone one"', 'userTags=a,b']);
  expect(made).toMatchObject({ code: 0, err: '', told: { success: true, inventory: { name: 'zone one' } } });
  expect(made.out).toMatch(/^\{\n {4}"/);
});

test('queries by each operator, fields and count', async () => {
  await ran(['CreateZone', 'name=two', 'description=x']);
  const names = async (...words: string[]) =>
    (await ran(['QueryZone', 'sortBy=name', ...words])).told.inventories?.map(({ name }) => name);
  expect(await names('name~=ZONE')).toEqual(['zone one']);
  expect(await names('name!~=zone')).toEqual(['two']);
  expect(await names('name~=t_o')).toEqual(['two']);
  expect(await names('name=two')).toEqual(['two']);
  expect(await names('name!=two')).toEqual(['zone one']);
  expect(await names('name?=two,none')).toEqual(['two']);
  expect(await names('name!?=two,none')).toEqual(['zone one']);
  expect(await names('description=null')).toEqual(['zone one']);
  expect(await names('description!=null')).toEqual(['two']);
  expect(await names('name>two')).toEqual(['zone one']);
  expect(await names('name<=two')).toEqual(['two']);
  expect(await names('__userTag__=a')).toEqual(['zone one']);
  expect(await names('conditions=[{"name":"name","op":"=","value":"two"}]')).toEqual(['two']);
  expect((await ran(['QueryZone', 'count=true'])).told).toEqual({ success: true, total: 2 });
  const { told } = await ran(['QueryZone', 'field=name', 'limit=1', 'sortBy=name']);
  expect(told.inventories).toEqual([{ name: 'two' }]);
});

test.each([
  [['QueryZonn'], 'QueryZone'],
  [['UpdateKvmHost', 'uuid=x'], 'UpdateKVMHost'],
  [['CreateZone', 'nam=x'], 'name'],
  [['CreateZone'], 'name'],
  [['CreateZone', 'name'], 'name=value'],
  [['CreateZone', 'name~=x'], 'only queries'],
  [['QueryZone', 'conditions=[x'], 'JSON'],
  [['AttachNetworkServiceToL3Network', 'networkServices=DHCP'], 'networkServices'],
  [['CreateBaremetalHostCfg', 'chassisUuid=x', 'cfgItems=nicCfgs'], 'cfgItems: write it as JSON'],
  [['QueryZone', 'word'], 'name=value'],
  [['--nothing'], '--nothing'],
  [[], 'API'],
  [['-p', '99999', 'QueryZone'], '--port'],
  [['LogInByAccount', 'accountName=admin'], 'password'],
  [['-d', 'cloud.xml'], '-d: deploying'],
  [['-P', 'planted', 'QueryZone'], '--password-fd'],
  [['-s'], 'history'],
  [['--log-in', 'admin'], 'a terminal is needed'],
])('%j: nothing is sent, exit code 1, one line that says %s', async (words, said) => {
  const { code, out, err } = await ran(words);
  expect([code, out]).toEqual([1, '']);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toContain(said);
});

test.each([
  [['CreateLoadBalancer', 'name=x'], 'PORTAL.1000'],
  [['QueryZone', 'nothing=1'], 'SYS.1007'],
  [['UpdateGlobalConfig', 'category=host', 'name=ping.interval', 'value=often'], 'SYS.1007'],
  [['DeleteCluster', `uuid=${'f'.repeat(32)}`], 'SYS.1003'],
])('%j is refused: JSON on standard output, exit code 3', async (words, code) => {
  const answer = await ran(words);
  expect(answer).toMatchObject({ code: 3, told: { success: false, error: { code } } });
  expect(answer.err).toContain(code);
});

test('names that a terminal would obey are data in the answer, and nothing for the terminal', async () => {
  const name = 'a\u001b[2Jb\u202ec\u009bd';
  const { out, told } = await ran(['CreateZone', `name=${name}`]);
  expect(told.inventory?.name).toBe(name);
  expect(out).not.toMatch(/[\u001b\u009b\u202e]/u);
});

test('a password on the command line works and is warned of; from a descriptor it is not', async () => {
  const changed = await ran(['UpdateAccount', 'password=', '--password-fd', '0'], { input: 'new word\n' });
  expect(changed).toMatchObject({ code: 0, err: '' });
  const { code, err } = await ran(['LogInByAccount', 'accountName=admin', 'password=new word']);
  expect(code).toBe(0);
  expect(err).toContain('can be seen by others');
});

test('log-out forgets the session; one that has ended is forgotten too', async () => {
  const kept = readFileSync(session(), 'utf8');
  expect((await ran(['LogOut'])).code).toBe(0);
  expect(existsSync(session())).toBe(false);
  writeFileSync(session(), kept);
  const answer = await ran(['QueryZone']);
  expect(answer).toMatchObject({ code: 3, told: { error: { code: 'ID.1001' } } });
  expect(existsSync(session())).toBe(false);
});

async function served(listener: RequestListener, words: string[]): Promise<Ran & { bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      listener(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return { ...(await ran(words, { port })), bodies };
  } finally {
    server.close();
  }
}

test.each([
  ['text', 'no such message\n'],
  ['nothing', ''],
  ['no result', '{"state":"Done"}'],
  ['an empty result', '{"state":"Done","result":"{}"}'],
])('an answer that is %s is no success: exit code 3', async (_, text) => {
  const { code, out, err } = await served((_request, response) => response.end(text), ['GetVersion']);
  expect([code, out]).toEqual([3, '']);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('the session of one service is sent to no other', async () => {
  await ran(['LogInByAccount', 'accountName=admin'], { env: { ZSTACK_CLI_PASSWORD: 'new word' } });
  const { bodies } = await served((_request, response) => response.end(''), ['GetVersion']);
  expect(bodies).toHaveLength(1);
  expect(JSON.parse(bodies[0] ?? '')).toEqual({
    'org.zstack.header.managementnode.APIGetVersionMsg': { session: {} },
  });
});

test('nobody answers: exit code 3, the address is named', async () => {
  const { code, err } = await ran(['GetVersion'], { port: 1 });
  expect(code).toBe(3);
  expect(err).toContain('127.0.0.1:1 does not answer');
});
