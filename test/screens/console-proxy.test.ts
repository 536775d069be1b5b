import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { isTold, openEntry, refill } from './menu.ts';
import { TestNode } from './node.ts';

const PASSWORD = 'system word';
const BEFORE =
  '# the proxy\nconsoleProxyPort = 4901\nconsoleProxyOverriddenIp = 192.0.2.7\nconsoleProxyPort=4902\n';
let node: TestNode;
let properties: string;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
  ({ properties } = layoutOf(node.data));
  mkdirSync(dirname(properties), { recursive: true });
  writeFileSync(properties, BEFORE, { mode: 0o640 });
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

const open = () => openEntry(node, PASSWORD, 'Configure Console Proxy');

test('filled with what is set; each wrong input is said at its field and changes nothing', async () => {
  const terminal = await open();
  await terminal.see('192.0.2.7');
  // Of a key that stands there twice the last one is in force.
  expect(terminal.grid()).toContain('4902');
  const wrong: [string, string, string][] = [
    ['', '', 'both empty'],
    ['192.0.2.999', '4902', 'Proxy IP: is not a valid IP address'],
    ['010.0.0.1', '', 'Proxy IP: is not a valid IP address'],
    ['proxy.example', '', 'Proxy IP: is not a valid IP address'],
    ['192.0.2.7/24', '', 'Proxy IP: is not a valid IP address'],
    ['127.0.0.1', '', 'Proxy IP: is a loopback address'],
    ['::ffff:192.0.2.7', '', 'Proxy IP: is an IPv4 address in IPv6 notation'],
    ['192.0.2.7', '1023', 'Port: is not a number from 1024 to 65535'],
    ['192.0.2.7', '65536', 'Port: is not a number from 1024 to 65535'],
    ['192.0.2.7', '49x', 'Port: is not a number from 1024 to 65535'],
    ['192.0.2.7', '4900.5', 'Port: is not a number from 1024 to 65535'],
  ];
  for (const [address, port, said] of wrong) {
    await isTold(terminal, [address, port], said);
    // The cursor is on the field that is wrong: back to the first one.
    if (said.startsWith('Port')) terminal.press('S-tab');
  }
  expect(readFileSync(properties, 'utf8')).toBe(BEFORE);
});

test('Y writes it and leaves all else as it was; N leaves everything', async () => {
  const terminal = await open();
  await terminal.see('192.0.2.7');
  refill(terminal, ['2001:DB8::7', '']);
  terminal.press('enter');
  await terminal.see('<Y>');
  expect(terminal.grid()).toContain('2001:DB8::7, port 4900');
  terminal.press('n');
  await terminal.see('Proxy IP');
  expect(readFileSync(properties, 'utf8')).toBe(BEFORE);
  terminal.press('enter');
  await terminal.see('<Y>');
  terminal.press('y');
  await terminal.see('The console proxy is configured.');
  expect(terminal.grid()).toContain('does not run');
  expect(readFileSync(properties, 'utf8')).toBe(
    '# the proxy\nconsoleProxyPort = 4901\nconsoleProxyOverriddenIp = 2001:db8::7\nconsoleProxyPort = \n',
  );
  expect(statSync(properties).mode & 0o777).toBe(0o640);
});
