import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { diagnose } from '../../src/node/diagnose/schema.ts';
import { takeBackChange } from '../../src/node/network/change/schema.ts';
import { powerVerdict } from '../../src/node/power/schema.ts';
import { make, mustMake } from '../services/network-make.ts';
import { eventually, NetworkWorld } from '../services/network-world.ts';
import { choose } from './menu.ts';
import { TestTerminal } from './terminal.ts';

const PASSWORD = 'zq screen test';
const root = resolve(import.meta.dirname, '../..');
let world: NetworkWorld;
let guard: ChildProcess;
let terminal: TestTerminal;

/** Checks passwords against a copy of /etc in which root's is known. */
function startGuard(): ChildProcess {
  const etc = join(world.folder, 'etc-copy');
  cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], {
    input: PASSWORD,
    encoding: 'utf8',
  }).trim();
  const shadow = join(etc, 'shadow');
  writeFileSync(
    shadow,
    readFileSync(shadow, 'utf8').replace(/^root:[^:]*/m, () => `root:${hash}`),
  );
  const argv = ['--mount', 'sh', '-c', 'mount --bind "$0" /etc && exec "$@"', etc, process.execPath];
  const program = [join(root, 'dist/guard.cjs'), '--data', join(world.folder, 'data')];
  return spawn('unshare', [...argv, ...program], { stdio: 'ignore' });
}

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 3, nodeIni: 'network_evidence_seconds = 30\n' });
  await world.startController();
  guard = startGuard();
  await eventually('guard', () => existsSync(join(world.folder, 'data/run/guard.sock')));
});
afterAll(async () => {
  await terminal?.end();
  guard?.kill();
  await world?.end();
});

beforeEach(async () => {
  await terminal?.end();
  terminal = new TestTerminal({
    argv: [process.execPath, join(root, 'dist/console.cjs'), '--data', join(world.folder, 'data')],
  });
  await terminal.see(/System Configuration/);
  await terminal.press('f2');
  await terminal.see(/Password/);
  await terminal.type(PASSWORD);
  await terminal.press('enter');
  await terminal.see(/Configure Networks/);
});

const open = (entry: string) => choose(terminal, entry);

const addresses = () => world.inside('ip', '-br', '-4', 'addr');

test('an address is set by keyboard: form, plan, evidence, Y', async () => {
  await open('Configure Networks');
  await terminal.see(/em01 .*UP/);
  await terminal.press('enter');
  await terminal.see(/Address of em01/);
  await terminal.press('tab');
  await terminal.type('192.0.2');
  await terminal.press('enter');
  await terminal.see(/IP address: is not a valid/);
  // What was typed is kept and goes on, as no prefilled text would.
  await terminal.type('.4');
  await terminal.press('tab');
  await terminal.type('255.255.255.0');
  await terminal.press('tab');
  await terminal.type('192.0.2.1');
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('r');
  await terminal.see(/For whoever looks through the records/);
  await terminal.type('ticket 4711');
  await terminal.press('enter');
  await terminal.see(/Reason: ticket 4711/);
  await terminal.press('y');
  await terminal.see(/Keep this change\?/);
  await terminal.see(/gateway 192\.0\.2\.1 on em01/);
  expect(await addresses()).toContain('192.0.2.4/24');
  await terminal.press('y');
  await terminal.see(/made and kept/);
  await terminal.press('enter');
  await terminal.see(/em01 \(MN\).*192\.0\.2\.4\/24/);
});

test('a NIC that somebody else gives an address while its plan is looked at: the plan of now is shown, with the reason', async () => {
  await open('Rename NIC');
  await terminal.see(/em03/);
  await terminal.press('down');
  await terminal.press('down');
  await terminal.press('enter');
  await terminal.see(/Rename em03/);
  await terminal.press('backspace');
  await terminal.type('8');
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('r');
  await terminal.see(/For whoever looks through the records/);
  await terminal.type('ticket 4712');
  await terminal.press('enter');
  await terminal.see(/Reason: ticket 4712/);
  const profile = ['type', 'ethernet', 'ifname', 'em03', 'con-name', 'by-hand'];
  const address = ['ipv6.method', 'disabled', 'ipv4.method', 'manual', 'ipv4.addresses', '203.0.113.7/24'];
  await world.inside('nmcli', 'con', 'add', ...profile, ...address);
  await world.inside('nmcli', 'con', 'up', 'by-hand');
  await terminal.press('y');
  await terminal.see(/the node changed meanwhile: look again/);
  expect(terminal.grid()).toMatch(/203\.0\.113\.7/);
  await terminal.press('end');
  await terminal.see(/Reason: ticket 4712/);
  expect(await world.inside('ip', '-br', 'link')).toMatch(/^em03/m);
  await terminal.press('y');
  await terminal.see(/Keep this change\?/);
  await terminal.press('n');
  await terminal.see(/taken back as asked/);
  await world.inside('nmcli', 'con', 'delete', 'by-hand');
});

test('what is not kept is taken back', async () => {
  await open('Rename NIC');
  await terminal.see(/em02/);
  await terminal.press('down');
  await terminal.press('enter');
  await terminal.see(/Rename em02/);
  await terminal.press('backspace');
  await terminal.type('9x');
  await terminal.see(/New name +em09x +now em02/);
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('y');
  await terminal.see(/Keep this change\?/);
  await terminal.press('n');
  await terminal.see(/taken back as asked/);
  expect(await world.inside('ip', '-br', 'link')).not.toContain('em09x');
  // The form is there as it was filled in.
  await terminal.press('enter');
  await terminal.see(/New name +em09x/);
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('n');
  await terminal.gone('Make this change');
  await terminal.see(/New name +em09x/);
  await terminal.press('escape');
  await terminal.gone('New name');
  await terminal.see(/> em02/);
});

test('what can be neither made nor taken back says how things stand and what mends it, and can be tried again', async () => {
  await open('Rename NIC');
  await terminal.see(/em02/);
  await terminal.press('down', 'enter');
  await terminal.see(/Rename em02/);
  await terminal.press('end');
  await terminal.type('x');
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('y');
  await terminal.see(/Keep this change\?/);
  // Somebody else takes the name meanwhile.
  await world.inside('ip', 'link', 'add', 'em02', 'type', 'bridge');
  await terminal.press('n');
  await terminal.see(/Stopped half-way/);
  await terminal.see(/neither finished nor undone/);
  await terminal.see(/em02 is called em02x/);
  await terminal.see(/A reboot \(F12\) brings back what was kept last/);
  const script = await world.connect();
  const { mended, findings } = await script.call(powerVerdict, {});
  expect(mended.map(({ en }) => en).join()).toContain('a reboot brings back what was kept');
  expect(findings.map(({ en }) => en).join()).not.toContain('em02x');
  const found = await script.call(diagnose, {});
  expect(found.find(({ key }) => key === 'half-done')).toMatchObject({ state: 'bad' });
  script.close();
  await terminal.press('t');
  await terminal.gone('taken back as asked');
  await terminal.see(/Stopped half-way/);
  await world.inside('ip', 'link', 'del', 'em02');
  await terminal.press('t');
  await terminal.see(/Nothing is left half-way any more/);
  expect(await world.inside('ip', '-br', 'link')).toMatch(/^em02@/m);
});

test('whoever leaves the window of a change that waits, and the menu, finds no list opened when it ends', async () => {
  const script = await world.connect();
  const waiting = Promise.withResolvers<string>();
  const change = { kind: 'setAddress', link: 'em02', address: '198.51.100.9', netmask: '24' } as const;
  const made = make(script, change, {
    unattended: false,
    onPending: ({ phase, id }) => phase === 'confirming' && waiting.resolve(id),
  });
  const id = await waiting.promise;
  await open('Configure Networks');
  await terminal.see(/Network change/);
  await terminal.press('escape');
  await terminal.gone('Network change');
  await terminal.press('escape');
  await terminal.gone('Terminal Info');
  await script.call(takeBackChange, { id });
  expect((await made).job.fault?.words.en).toMatch(/taken back/);
  await pause(1500);
  expect(terminal.grid()).not.toMatch(/Address, members/);
  script.close();
});

test('a list follows what other sessions change, and a form says when its NIC is gone', async () => {
  const script = await world.connect();
  await open('Rename NIC');
  await terminal.see(/em02 /);
  await terminal.press('down');
  await terminal.see(/> em02 /);
  await mustMake(script, { kind: 'rename', from: 'em02', to: 'em09' });
  await terminal.see(/> em09 /);
  await terminal.press('enter');
  await terminal.see(/Rename em09/);
  await mustMake(script, { kind: 'rename', from: 'em09', to: 'em02' });
  await terminal.see(/em09 is called em02 now/);
  await terminal.press('escape');
  await terminal.see(/> em02 /);
  script.close();
});

test('the history shows what was changed', async () => {
  await open('Configure Networks');
  await terminal.see(/em01/);
  await terminal.press('h');
  await terminal.see(/Change the address of em01/);
  await choose(terminal, /2 +\S+ \S+ +Change the address of em01/);
  await terminal.see(/\+ em01: 192\.0\.2\.4\/24/);
  expect(terminal.grid()).toContain('Reason: ticket 4711');
});

test('a VLAN on a NIC with a long name is offered a shorter one', async () => {
  await world.inside('ip', 'link', 'add', 'enp129s0f0np0', 'type', 'veth', 'peer', 'name', 'peer0');
  await eventually('it is managed', async () =>
    /enp129s0f0np0:(dis|un)connected/.test(await world.inside('nmcli', '-t', '-f', 'DEVICE,STATE', 'd')),
  );
  await open('Configure Networks');
  await terminal.see(/enp129s0f0np0/);
  await choose(terminal, 'enp129s0f0np0', 'v');
  await terminal.see(/New VLAN on enp129s0f0np0/);
  await terminal.type('12');
  await terminal.press('enter');
  await terminal.see(/has 16 characters/);
  await terminal.see(/Name +enp129s0[0-9a-f]{4}\.12/);
  await terminal.press('enter');
  await terminal.see(/Set enp129s0[0-9a-f]{4}\.12: VLAN 12 on enp129s0f0np0/);
  await terminal.press('n');
  await world.inside('ip', 'link', 'del', 'enp129s0f0np0');
});

test('members of a bond are marked in a list that tells the NICs apart; N brings the form back with them', async () => {
  await open('Configure Networks');
  await terminal.see(/em03/);
  await terminal.press('b');
  await terminal.see(/New bond/);
  await terminal.press('tab', 'tab', 'f4');
  await terminal.see(/\[ \] em01 .*([0-9a-f]{2}:){5}[0-9a-f]{2} .*192\.0\.2\.4\/24 +\(MN\)/);
  await terminal.press('down');
  await terminal.type(' ');
  await terminal.see(/> \[x\] em02/);
  await terminal.press('down');
  await terminal.type(' ');
  await terminal.press('enter');
  await terminal.see(/Members +em02 em03/);
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('n');
  await terminal.gone('Make this change');
  await terminal.see(/Members +em02 em03/);
});

test('further addresses stay in the form, and one more is typed beside them', async () => {
  await world.inside(
    'nmcli',
    'c',
    'add',
    'type',
    'ethernet',
    'con-name',
    'em03',
    'ifname',
    'em03',
    'ip4',
    '10.1.1.1/24',
    'ip4',
    '10.2.2.2/24',
  );
  await world.inside('nmcli', '-w', '30', 'c', 'up', 'em03');
  await open('Configure Networks');
  await terminal.see(/em03 .*10\.1\.1\.1/);
  await terminal.press('down', 'down');
  await terminal.see(/> em03/);
  await terminal.press('enter');
  await terminal.see(/More addresses +10\.2\.2\.2\/24/);
  await terminal.press('S-tab', 'end');
  await terminal.type(' 10.3.3.3/24');
  await terminal.press('enter');
  await terminal.see(/Set em03: .*10\.1\.1\.1\/24, 10\.2\.2\.2\/24, 10\.3\.3\.3\/24/);
  await terminal.press('n');
});

test('Y counts from when it is pressed, also while the evidence is waited for; what no peer has to answer is n/a', async () => {
  await open('Configure Networks');
  await terminal.see(/em01/);
  await terminal.press('enter');
  await terminal.see(/Address of em01/);
  await terminal.press('tab', 'tab', 'tab');
  await terminal.type('192.0.2.98');
  await terminal.press('enter');
  await terminal.see(/Make this change\?/);
  await terminal.press('y');
  await terminal.see(/gateway 192\.0\.2\.98 on em01: does not answer/);
  await terminal.see(/Taken back in \d+ s unless all is proven by then/);
  await terminal.see(/n\/a management node and cluster peers: this node has none/);
  await terminal.see(/<Y> Keep it once proven/);
  await terminal.press('y');
  await terminal.see(/Y was pressed: kept as soon as all is proven/);
  expect(terminal.grid()).not.toContain('<Y>');
  await world.far('ip', 'addr', 'add', '192.0.2.98/24', 'dev', 'sw0');
  await terminal.see(/made and kept/);
  await world.far('ip', 'addr', 'del', '192.0.2.98/24', 'dev', 'sw0');
});

test('the emergency reset leaves one NIC, after the phrase was typed', async () => {
  await open('Emergency Network Reset');
  await terminal.see(/IP address/);
  await terminal.press('tab', 'right');
  for (const field of ['IP address', 'Netmask', 'Gateway']) await terminal.gone(field);
  await terminal.press('left', 'tab');
  await terminal.type('192.0.2.6');
  await terminal.press('tab');
  await terminal.type('24');
  await terminal.press('enter');
  await terminal.see(/give em01 the only one: 192\.0\.2\.6\/24/);
  await terminal.see(/Set aside: \d+ connection profiles?\./);
  await terminal.see(/reset network/);
  await terminal.type('reset network');
  await terminal.press('enter');
  await terminal.see(/The network is reset/);
  expect(await addresses()).toContain('192.0.2.6/24');
});

test('a NIC that is missing is offered a new one in its place, and told of', async () => {
  await world.inside('sh', '-c', 'ip link set em01 down; ip link set em01 name ens11');
  await open('Rename NIC');
  await terminal.see(/ens11/);
  await terminal.press('m');
  await terminal.see(/Replace missing NICs/);
  await terminal.see(/em01 192\.0\.2\.6\/24/);
  await terminal.press('enter');
  await terminal.see(/Rename ens\d+ to em01|Rename em\d+ to em01/);
});
