import { expect } from 'vitest';
import { bootedAppliance, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { MENU, seeFigures, unlock } from './driver/person.ts';
import { eventually, until } from './driver/wait.ts';

const NODE = '/usr/lib/zs-node/runtime/node';

/** Runs a program as the console's user, outside the console's unit and so without its protections. */
function asConsole(machine: Machine, argv: string[], stdin = '') {
  return machine.attempt(['setpriv', '--reuid=zs-console', '--regid=zs-console', '--clear-groups', ...argv], {
    stdin,
  });
}

const processId = async (machine: Machine, unit: string) =>
  Number((await machine.run(['systemctl', 'show', '-P', 'MainPID', unit])).trim());

machineTest("the console's user reads no secrets and writes nowhere but in its folder", async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  // Guard makes its key with the first password.
  await unlock(machine, 'f2');
  await machine.screen.see(MENU);
  for (const secret of [
    '/etc/shadow',
    '/var/lib/zs-node/audit',
    '/var/lib/zs-node-audit/head.json',
    '/run/zs-node/guard.key',
  ]) {
    await machine.run(['test', '-s', secret]);
    const ls = await asConsole(machine, [
      'sh',
      '-c',
      'ls "$1"/* >/dev/null 2>&1 || cat "$1" >/dev/null',
      'look',
      secret,
    ]);
    expect(ls.code, secret).not.toBe(0);
  }
  const writable = await asConsole(machine, [
    'find',
    '/',
    '-xdev',
    '-writable',
    '!',
    '-type',
    'l',
    '-not',
    '-path',
    '/proc/*',
  ]);
  const elsewhere = writable.stdout
    .toString()
    .split('\n')
    .filter((path) => path && !/^\/var\/lib\/zs-console(\/|$)|^\/(var\/)?tmp(\/|$)|^\/var\/lock$/.test(path));
  expect(elsewhere).toEqual([]);
});

machineTest(
  "the console's process has no capability, cannot gain any, and sees a read-only system",
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    const pid = await processId(machine, 'zs-console');
    const status = (await machine.get(`/proc/${pid}/status`)).toString();
    expect(status).toMatch(/CapEff:\s+0+\n/);
    expect(status).toMatch(/CapBnd:\s+0+\n/);
    expect(status).toMatch(/NoNewPrivs:\s+1\n/);
    const touch = await machine.attempt([
      'nsenter',
      '-t',
      String(pid),
      '-m',
      '--',
      'touch',
      '/etc/written',
      '/usr/written',
    ]);
    expect(touch.code).toBe(1);
  },
);

/** Says hello on a socket, makes the calls of argv[3] and prints what comes back until all are answered. */
const CALLER = `
const [path, calls] = [process.argv[2], JSON.parse(process.argv[3])];
const socket = require('node:net').connect(path);
const say = (message) => socket.write(JSON.stringify(message) + '\\n');
let text = '';
const end = () => { process.stdout.write(text); process.exit(0); };
socket.setEncoding('utf8');
socket.on('connect', () => {
  say({ hello: { program: 'console', line: '-', version: 'test' } });
  calls.forEach(([action, input], id) => say({ id: id + 1, action, input }));
});
socket.on('data', (chunk) => {
  text += chunk;
  if (text.split('\\n').length > calls.length + 1) end();
});
socket.on('error', (error) => { text += error.code; end(); });
socket.on('close', end);
`;

type Call = [action: string, input: object];

async function callAs(machine: Machine, user: string, socket: string, calls: Call[]): Promise<string> {
  await machine.put('/var/tmp/caller.cjs', CALLER);
  const as = ['runuser', '-u', user, '--'];
  const { stdout } = await machine.attempt([
    ...as,
    NODE,
    '/var/tmp/caller.cjs',
    socket,
    JSON.stringify(calls),
  ]);
  return stdout.toString();
}

const PRIVILEGED: Call[] = [
  ['power.reboot', { phrase: 'REBOOT' }],
  ['power.off', { phrase: 'POWEROFF' }],
  ['accounts.changeRootPassword', { oldPassword: 'x', newPassword: 'y' }],
];
const GUARDED: Call[] = ['guard.reboot', 'guard.powerOff', 'guard.restartController'].map((action) => [
  action,
  { ticket: 'e30.AAAA' },
]);

machineTest(
  "without the password the console's user is refused every privileged action, and others the sockets",
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    const mark = machine.qmp.events.length;
    const controller = await processId(machine, 'zs-controller');
    for (const [socket, calls] of [
      ['/run/zs-node/controller.sock', PRIVILEGED],
      ['/run/zs-node/guard.sock', GUARDED],
    ] as const) {
      const answers = (await callAs(machine, 'zs-console', socket, calls)).trim().split('\n').slice(1);
      expect(answers.map((answer) => JSON.parse(answer).fault?.kind)).toEqual(calls.map(() => 'refused'));
      expect(await callAs(machine, 'nobody', socket, calls)).toBe('EACCES');
    }
    expect(await processId(machine, 'zs-controller')).toBe(controller);
    expect(machine.qmp.events.slice(mark).map(({ event }) => event)).not.toContain('RESET');
  },
);

machineTest('a console that crashes leaves no shell, no core and no prompt: it starts again', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  await seeFigures(machine);
  for (const signal of ['SEGV', 'ABRT', 'STOP', 'KILL']) {
    const before = await processId(machine, 'zs-console');
    await machine.run(['systemctl', 'kill', '-s', signal, 'zs-console']);
    if (signal === 'STOP') {
      // A stopped one is for its watcher or for a person to end; the terminal must be free of others meanwhile.
      await machine.run(['systemctl', 'kill', '-s', 'KILL', 'zs-console']);
    }
    await until('another console', async () => {
      const now = await processId(machine, 'zs-console');
      return (now && now !== before) || undefined;
    });
    await machine.screen.see(MAIN_SCREEN);
  }
  await eventually(async () => {
    const onTerminal = await machine.run(['ps', '-t', 'tty1', '-o', 'user=,comm=']);
    expect(onTerminal.trim().replaceAll(/^zs-cons.*$/gm, 'ours')).toMatch(/^ours(\nours)*$/);
  });
  expect(
    (
      await machine.attempt([
        'find',
        '/var/lib/zs-console',
        '/var/lib/systemd/coredump',
        '-name',
        'core*',
        '-type',
        'f',
      ])
    ).stdout.toString(),
  ).toBe('');
});
