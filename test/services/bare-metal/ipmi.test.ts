import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNode } from '../../screens/node.ts';
import { freePort } from '../servers.ts';
import { ctl } from './ctl.ts';
import { IpmiSim } from './ipmi-sim.ts';

const PASSWORD = 'zqBmcWord1';
let node: TestNode;
let data: string;
let bmc: IpmiSim;

const add = (more: readonly string[], password = PASSWORD) =>
  ctl(data, ['add_machine', '--address', '127.0.0.1', '--user', 'admin', ...more], {
    ZSTACK_BMC_PASSWORD: password,
  });

/** The simulator does not tell its cipher suites, for which ipmitool waits five seconds at each call. */
beforeAll(async () => {
  node = await TestNode.start();
  ({ data } = node);
  bmc = new IpmiSim({ port: await freePort(), users: { admin: PASSWORD } });
  await bmc.answers('admin', PASSWORD);
  expect(await add(['--name', 'node-7', '--port', `${bmc.port}`])).toMatchObject({
    code: 0,
    out: `node-7           off  ipmi 127.0.0.1:${bmc.port} uefi\n`,
  });
});
afterAll(() => {
  bmc?.end();
  return node?.end();
});

const power = (order: string, name = 'node-7') =>
  ctl(data, ['machine_power', '--name', name, '--order', order]);

test('a machine is switched, and told once from what it starts', async () => {
  expect((await power('reset')).err).toBe('zstack-ctl: node-7 is off: power it on instead\n');
  expect((await power('on')).out).toMatch(/^node-7 +on /);
  expect(await ctl(data, ['machine_boot', '--name', 'node-7', '--device', 'pxe'])).toMatchObject({ code: 0 });
  expect((await power('reset')).out).toMatch(/^node-7 +on /);
  // The simulator does not keep that it holds for UEFI: what ipmitool sends is all that can be seen of it.
  expect(bmc.told).toEqual(['set power 1', 'set boot pxe', 'set reset 1']);
  expect((await ctl(data, ['machines'])).out).toMatch(/^node-7 +on /);
});

test('what is wrong is told, with the address, and nothing is kept', async () => {
  const { port } = bmc;
  const nobody = await freePort();
  const wrong: [string[], string, RegExp][] = [
    [
      ['--name', 'b', '--port', `${port}`],
      'otherWord',
      /^zstack-ctl: IPMI, 127\.0\.0\.1:\d+: it refuses user or password\n$/,
    ],
    [['--name', 'b', '--port', `${nobody}`], PASSWORD, /: it does not answer\n$/],
    [['--name', 'b_', '--port', `${port}`], PASSWORD, /^zstack-ctl: --name: /],
    [['--name', 'b', '--port', '70000'], PASSWORD, /^zstack-ctl: --port: is not a port from 1 to 65535\n$/],
    [['--name', 'b'], 'longer than twenty bytes', /^zstack-ctl: --password: is longer than the 20 bytes/],
    [['--name', 'b', '--certificate', 'AA'], PASSWORD, /^zstack-ctl: --certificate: /],
  ];
  for (const [words, password, says] of wrong) {
    const { code, err } = await add(words, password);
    expect(err).toMatch(says);
    expect(code).toBeGreaterThan(0);
  }
  expect((await power('on', 'b')).err).toMatch(/^zstack-ctl: there is no machine b\n/);
  expect(readdirSync(join(data, 'data/machines'))).toEqual(['node-7.json']);
});

test('the password lies where root alone reads it, and nowhere else', () => {
  const found = execFileSync('grep', ['-rl', PASSWORD, data], { encoding: 'utf8' }).trim();
  const path = join(data, 'data/machines/node-7.json');
  expect(found).toBe(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toContain('"user":"admin"');
});

test('a machine is forgotten', async () => {
  expect(await ctl(data, ['remove_machine', '--name', 'node-7'])).toMatchObject({ code: 0 });
  expect((await ctl(data, ['machines'])).out).toBe('none; add one: add_machine\n');
  expect((await ctl(data, ['remove_machine', '--name', 'node-7'])).code).toBe(2);
});
