import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { choose } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'correct hörse "battery" $taple';
const MAIN = '<F2> System Configuration';
const MENU = 'Terminal Info';

let node: TestNode;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

async function opened(columns: number, rows: number): Promise<TestTerminal> {
  const terminal = node.console({ columns, rows });
  await terminal.see(MAIN);
  return terminal;
}

async function enter(terminal: TestTerminal, key: string, password = PASSWORD): Promise<void> {
  terminal.press(key);
  await terminal.see('Root password');
  terminal.type(password);
  terminal.press('enter');
}

async function configuration(terminal: TestTerminal): Promise<void> {
  await enter(terminal, 'f2');
  await terminal.see(MENU);
}

describe.each([
  [80, 24],
  [100, 37],
  [160, 50],
])('at %ix%i', (columns, rows) => {
  test('the password opens the menu, F2 leads back, and the next F2 asks again', async () => {
    const terminal = await opened(columns, rows);
    await configuration(terminal);
    terminal.press('f2');
    await terminal.see(MAIN);
    await configuration(terminal);
    terminal.press('escape');
    await terminal.see(MAIN);
    terminal.press('f2');
    await terminal.see('Root password');
    terminal.press('escape');
    await terminal.gone('Root password');
  });

  test('every entry of the menu opens, and Esc leads back to the menu', async () => {
    const terminal = await opened(columns, rows);
    await configuration(terminal);
    const entries = [
      'Change Passwords',
      'Rename NIC',
      'Test Network',
      'Collect Logs',
      'Diagnose',
      'Licence',
      MENU,
    ];
    for (const entry of entries) {
      terminal.press('home');
      const menu = await terminal.see('> Change Passwords');
      await choose(terminal, entry);
      // A window over the menu, or a screen in its place.
      const isOpen = () => terminal.grid().includes('─') || !terminal.grid().includes('<F2> Main screen');
      await terminal.until(() => terminal.grid() !== menu && isOpen(), undefined, entry);
      terminal.press('escape');
      await terminal.see(MENU);
      await terminal.see('<F2> Main screen');
    }
  });

  test('F12 wants its own phrase: anything else does nothing', async () => {
    const terminal = await opened(columns, rows);
    await enter(terminal, 'f12');
    await terminal.see(/> Reboot +│/);
    terminal.press('enter');
    await terminal.see('REBOOT');
    terminal.type('reboot');
    terminal.press('enter');
    await terminal.see('Capital and small letters differ');
    terminal.press('escape');
    await terminal.gone('Type REBOOT');
    terminal.press('escape');
    await terminal.see(MAIN);
  });
});

test('2 and 0 do what F2 and F12 do', async () => {
  const terminal = await opened(80, 24);
  terminal.press('2');
  await terminal.see('Root password');
  terminal.press('escape');
  await terminal.gone('Root password');
  terminal.press('0');
  await terminal.see('Root password');
});

test('a wrong password says so and leads back to the main screen', async () => {
  const terminal = await opened(80, 24);
  await enter(terminal, 'f2', 'wrong');
  await terminal.see('wrong password');
  terminal.press('escape');
  await terminal.see(MAIN);
  await terminal.gone('wrong password');
  expect(terminal.grid()).not.toContain(MENU);
});

test('an empty one is refused where it is typed', async () => {
  const terminal = await opened(80, 24);
  await enter(terminal, 'f2', '');
  await terminal.see(/Password.*empty/i);
});

test('two writers: the second sees who is at work, and may take over', async () => {
  const first = await opened(80, 24);
  const second = await opened(80, 24);
  await configuration(first);
  await second.see(/configuration is open on pts/);
  await enter(second, 'f2');
  await second.see('Somebody else is at work');
  second.press('n');
  await second.gone('Somebody else');
  await enter(second, 'f2');
  await second.see('Somebody else is at work');
  second.press('y');
  await second.see(MENU);
  await first.see(/took over/);
  expect(first.grid()).not.toContain(MENU);
});

test('languages: Chinese by F5 where the terminal can draw it, English where it cannot', async () => {
  const terminal = await opened(80, 24);
  terminal.press('f5');
  await terminal.see('系统配置');
  terminal.press('f5');
  await terminal.see(MAIN);
  const plain = node.console({ term: 'linux' });
  await plain.see(MAIN);
  plain.press('f5');
  await plain.see('English only');
});

test('a locked root account is explained, and how to set a password', async () => {
  const shadow = node.shadow.match(/^root:([^:]*)/m)?.[1] ?? '';
  node.setShadowField('!');
  const terminal = await opened(80, 24);
  terminal.press('f2');
  await terminal.see('passwd root');
  node.setShadowField(shadow);
});

describe('when the controller is away', () => {
  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'by %s: it is said within 2 s, the menu opens, and it joins again',
    async (signal) => {
      const terminal = await opened(100, 37);
      let told = Number.POSITIVE_INFINITY;
      // In time once at least, whatever else the machine has to do.
      for (let again = 0; told >= 4000 && again < 5; again++) {
        const from = performance.now();
        process.kill(node.program('controller').pid ?? 0, signal);
        await terminal.see('the controller does not answer');
        told = performance.now() - from;
        await enter(terminal, 'f2');
        await terminal.see('Restart the Controller');
        terminal.press('escape');
        await terminal.see(MAIN);
        if (signal === 'SIGSTOP') process.kill(node.program('controller').pid ?? 0, 'SIGCONT');
        else await node.startController();
        await terminal.gone('the controller does not answer');
      }
      expect(told).toBeLessThan(4000);
      await terminal.end();
    },
  );

  test('from the start, hanging: it is said as well, and the menu offers to restart it', async () => {
    process.kill(node.program('controller').pid ?? 0, 'SIGSTOP');
    const terminal = node.console({ columns: 100, rows: 37 });
    await terminal.see('the controller does not answer (it hangs): no figures yet');
    await enter(terminal, 'f2');
    await terminal.see('Restart the Controller');
    process.kill(node.program('controller').pid ?? 0, 'SIGCONT');
    await terminal.gone('the controller does not answer');
    await terminal.end();
  });

  test('for three seconds: who had given the password is not thrown out, and goes on', async () => {
    const terminal = await opened(100, 37);
    await configuration(terminal);
    process.kill(node.program('controller').pid ?? 0, 'SIGSTOP');
    await pause(3000);
    await choose(terminal, 'Backup Database');
    await terminal.see('the controller does not answer');
    process.kill(node.program('controller').pid ?? 0, 'SIGCONT');
    terminal.press('enter');
    await terminal.gone('the controller does not answer');
    const isListed = async () => {
      await choose(terminal, 'Backup Database');
      const grid = await terminal.see(/no backup yet|the controller does not answer/);
      if (grid.includes('no backup yet')) return true;
      terminal.press('enter');
      await terminal.gone('the controller does not answer');
      return false;
    };
    // It has to come back by itself, in its own time.
    while (!(await isListed())) await pause(500);
  });
});

test('Test Network streams the replies of this machine', async () => {
  const terminal = await opened(80, 24);
  await configuration(terminal);
  await choose(terminal, 'Test Network');
  await terminal.see('114.114.114.114');
  terminal.press('C-u');
  terminal.type('127.0.0.1');
  terminal.press('enter');
  await terminal.see(/1: answered in [\d.]+ ms/);
  terminal.press('escape');
  await terminal.see(/sent \d+ {2}received \d+ {2}loss 0%/);
});

test.each([
  ['', /Address.*empty/],
  ['1.2.3', /Address/],
  ['010.0.0.1', /Address/],
  ['fe80::zz', /Address/],
])('Test Network refuses %j and says why', async (address, wanted) => {
  const terminal = await opened(80, 24);
  await configuration(terminal);
  await choose(terminal, 'Test Network');
  await terminal.see('114.114.114.114');
  terminal.press('C-u');
  terminal.type(address);
  terminal.press('enter');
  await terminal.see(wanted);
});
