import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcherIn } from '../../src/system/person.ts';
import { TestTerminal } from '../screens/terminal.ts';
import { OwnInit } from './own-init.ts';
import { until } from './servers.ts';

const HOME = '/usr/local/zs-node';
const CONSOLE = `${HOME}/bin/zs-console`;
const MARK = '/run/typed-by-console';
const PROMPT = 'root-shell#';

/**
 * A console that somebody took over: types a command into every terminal that it can open, now and, through a child
 * that keeps its descriptors, after it has ended.
 */
const HOSTILE = `
const koffi = require('${HOME}/node_modules/koffi');
const fs = require('node:fs');
const ioctl = koffi.load('libc.so.6').func('int ioctl(int, unsigned long, const uint8_t *)');
const open = (path) => { try { return [fs.openSync(path, 'r+')]; } catch { return []; } };
const typeInto = (fd) => {
  for (const byte of Buffer.from('\\ntouch ${MARK}\\n')) ioctl(fd, 0x5412, new Uint8Array([byte]));
};
const attack = () => {
  const kept = fs.readdirSync('/proc/self/fd').map(Number);
  const terminals = ['/dev/tty', ...fs.readdirSync('/dev/pts').map((name) => '/dev/pts/' + name)];
  const found = terminals.flatMap(open);
  for (const fd of [...kept, ...found]) typeInto(fd);
  for (const fd of found) fs.closeSync(fd);
};
if (process.argv.includes('--child')) {
  process.on('SIGHUP', () => {});
  setInterval(attack, 100);
  setTimeout(() => process.exit(0), 10000);
} else {
  require('node:child_process').spawn(process.execPath, [__filename, '--child'], { stdio: 'inherit' }).unref();
  attack();
  setTimeout(() => process.exit(7), 1000);
}
`;

let init: OwnInit;
beforeAll(async () => {
  init = new OwnInit();
  await init.start();
  init.inside(
    ['sh', '-c', 'install -d -o zs-console -m 700 /var/lib/zs-console; cat > /run/hostile.cjs'],
    HOSTILE,
  );
}, 300_000);
afterAll(() => init?.end());

/** Root's shell on a terminal of its own. */
async function shell(): Promise<TestTerminal> {
  const argv: [string, ...string[]] = [...init.enter, 'bash', '--norc', '--noprofile'];
  const terminal = new TestTerminal({ argv, columns: 100, rows: 37, env: { PS1: PROMPT, LANG: 'C.UTF-8' } });
  await terminal.see(PROMPT, 20_000);
  return terminal;
}

function order(terminal: TestTerminal, text: string): void {
  terminal.type(text);
  terminal.press('enter');
}

const isThere = (): boolean => init.inside(['sh', '-c', `test -e ${MARK} && echo yes || echo no`]) === 'yes';

test('it is a unit of its own, with the protections of the others and a terminal of its own, and goes back to the shell', async () => {
  const terminal = await shell();
  order(terminal, `stty -g > /run/before; ${CONSOLE}`);
  await terminal.see('<F2> System Configuration', 60_000);
  const unit =
    init.inside(['systemctl', 'list-units', '--plain', '--no-legend', 'zs-console-on-*']).split(' ')[0] ?? '';
  const pid = init.inside(['systemctl', 'show', '-P', 'MainPID', unit]);
  const status = init.inside(['cat', `/proc/${pid}/status`]);
  // Whose console it is, is found by the launcher.
  const launcher = launcherIn(init.inside(['cat', `/proc/${pid}/cgroup`]));
  expect(init.inside(['cat', `/proc/${launcher}/cmdline`])).toContain(CONSOLE);
  expect(launcherIn(init.inside(['cat', '/proc/1/cgroup']))).toBeUndefined();
  expect(status).toMatch(/CapBnd:\s+0+\n/);
  expect(status).toMatch(/NoNewPrivs:\s+1\n/);
  expect(status).toMatch(/Seccomp:\s+2\n/);
  for (const property of [
    'ProtectSystem',
    'ProtectHome',
    'PrivateTmp',
    'RestrictAddressFamilies',
    'MemoryMax',
  ])
    expect(init.inside(['systemctl', 'show', unit, '-p', property])).toBe(
      init.inside(['systemctl', 'show', 'zs-console.service', '-p', property]),
    );
  const open = init.inside(['sh', '-c', 'readlink /proc/$0/fd/*', pid]);
  const own = init.inside(['readlink', `/proc/${pid}/fd/0`]);
  expect(own).toMatch(/^\/dev\/pts\/\d+$/);
  expect(new Set(open.match(/\/dev\/pts\/\d+/g))).toEqual(new Set([own]));
  terminal.resize(140, 45);
  await until(
    async () =>
      terminal
        .grid()
        .split('\n')
        .some((row) => row.trimEnd().length > 110) || undefined,
    20,
  );
  terminal.press('q');
  await terminal.see(/zs-console\s+root-shell#\s*$/, 20_000);
  order(terminal, 'echo code $?; stty -g > /run/after; cmp /run/before /run/after && echo as be""fore');
  await terminal.see('as before', 20_000);
  expect(terminal.grid()).toContain('code 0');
  await terminal.end();
}, 300_000);

/** Newer kernels can refuse typing into terminals altogether. */
const TIOCSTI = '/proc/sys/dev/tty/legacy_tiocsti';
const mayType = !existsSync(TIOCSTI) || readFileSync(TIOCSTI, 'utf8').trim() === '1';

test.skipIf(!mayType)(
  'whoever takes it over types nothing into the shell of root, neither while it runs nor afterwards',
  async () => {
    const terminal = await shell();
    // On a terminal that is shared it works: it is an attack.
    const share = `chown zs-console $(tty); setpriv --reuid zs-console --regid zs-console --clear-groups ${HOME}/runtime/node /run/hostile.cjs; chown root $(tty)`;
    order(terminal, share);
    await until(async () => isThere() || undefined);
    await terminal.end();
    init.inside(['sh', '-c', `pkill -f [h]ostile.cjs; rm ${MARK}`]);

    const apart = await shell();
    init.inside(['mount', '--bind', '/run/hostile.cjs', `${HOME}/dist/console.cjs`]);
    order(apart, `${CONSOLE}; echo apart $?`);
    await apart.see('apart 7', 60_000);
    order(apart, 'echo still $((1 + 1))');
    await apart.see('still 2', 20_000);
    // Long before its child would end by itself.
    await until(
      async () => init.inside(['sh', '-c', 'pgrep -u zs-console -l || true']) === '' || undefined,
      5,
    );
    expect(isThere()).toBe(false);
    init.inside(['umount', `${HOME}/dist/console.cjs`]);
    await apart.end();
  },
  300_000,
);

test('a terminal that hangs up takes its console along', async () => {
  const terminal = await shell();
  order(terminal, CONSOLE);
  await terminal.see('<F2> System Configuration', 60_000);
  await terminal.end();
  await until(
    async () =>
      init.inside(['systemctl', 'list-units', '--plain', '--no-legend', 'zs-console-on-*']) === '' ||
      undefined,
    30,
  );
}, 300_000);

test('a recording that only root may read is shown, and its copy does not stay', async () => {
  // What the consoles above recorded.
  const flight = '/var/tmp/flight.jsonl';
  init.inside(['sh', '-c', `umask 077; cat /var/lib/zs-console/flights/*.jsonl > ${flight}`]);
  const terminal = await shell();
  order(terminal, `${CONSOLE} --replay ${flight}`);
  await terminal.see('Next key', 60_000);
  terminal.press('q');
  await terminal.see(/flight\.jsonl\s+root-shell#\s*$/, 20_000);
  expect(init.inside(['ls', '/run/zs-node'])).toBe('');
  order(terminal, `${CONSOLE} --replay /no/such; echo code $?`);
  await terminal.see('code 2', 20_000);
  expect(init.inside(['ls', '/run/zs-node'])).toBe('');
  await terminal.end();
}, 300_000);

test('what ends at once again and again rests for a while, comes back by itself, and when somebody asks at once', async () => {
  const units = '/run/systemd/system';
  const drop = (unit: string, text: string) =>
    init.inside(
      ['sh', '-c', `mkdir -p ${units}/$0.d; cat > ${units}/$0.d/test.conf; systemctl daemon-reload`, unit],
      text,
    );
  const controller = (command: string) =>
    drop(
      'zs-controller.service',
      `[Service]\nType=simple\nWatchdogSec=0\nExecStart=\nExecStart=${command}\n`,
    );
  const state = (unit: string) => init.inside(['systemctl', 'show', '-P', 'ActiveState', unit]);
  const reaches = (unit: string, wanted: string) => until(async () => state(unit) === wanted || undefined);
  const starts = () => init.inside(['systemctl', 'show', '-P', 'NRestarts', 'zs-controller.service']);
  const again = 'zs-again@zs-controller.service.service';

  drop('zs-again@.service', '[Service]\nExecStartPre=\nExecStartPre=/bin/sleep 12\n');
  controller('/bin/false');
  init.inside(['systemctl', 'start', '--no-block', 'zs-controller.service']);
  await reaches('zs-controller.service', 'failed');
  expect(state(again)).toBe('activating');
  expect(Number(starts())).toBeLessThanOrEqual(10);
  // Mended while it rests: it comes back without anybody's help.
  controller('/bin/sleep infinity');
  expect(state('zs-controller.service')).toBe('failed');
  await reaches('zs-controller.service', 'active');

  init.inside(['systemctl', 'stop', 'zs-controller.service']);
  controller('/bin/false');
  init.inside(['systemctl', 'start', '--no-block', 'zs-controller.service']);
  await reaches('zs-controller.service', 'failed');
  controller('/bin/sleep infinity');
  // As guard does it when somebody asks for it.
  init.inside(['systemctl', 'reset-failed', 'zs-controller.service']);
  init.inside(['systemctl', 'restart', 'zs-controller.service']);
  const pid = init.inside(['systemctl', 'show', '-P', 'MainPID', 'zs-controller.service']);
  await reaches(again, 'inactive');
  expect(init.inside(['systemctl', 'show', '-P', 'MainPID', 'zs-controller.service'])).toBe(pid);
}, 300_000);
