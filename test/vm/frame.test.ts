import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { bundle } from '../screens/bundle.ts';
import { type Walked, walk } from '../screens/walk.ts';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { turnTo } from './driver/person.ts';

/** A free terminal of the kernel's, and the golden grids by its size; the first is the one of a terminal emulator. */
const TERMINAL = 9;
const GOLDEN: Record<string, string> = {
  '80x24': '../screens/golden/frame-linux.txt',
  '100x37': '../screens/golden/frame-vt-100x37.txt',
  '160x50': '../screens/golden/frame-vt-160x50.txt',
};
const KEYS: Record<string, string> = { enter: 'ret', escape: 'esc' };

const literally = (text: string): RegExp => new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));

/** A picture is drawn in pieces: it stands when two looks at it are the same. */
async function standing({ screen }: Machine): Promise<string> {
  for (let last = ''; ; ) {
    const text = await screen.text(TERMINAL);
    if (text === last) return text;
    last = text;
    await pause(400);
  }
}

const walkedOn = (machine: Machine): Walked => ({
  grid: () => standing(machine),
  see: async (text) => {
    await machine.screen.see(literally(text), { terminal: TERMINAL });
    return standing(machine);
  },
  gone: (text) => machine.screen.gone(literally(text), { terminal: TERMINAL }),
  press: async (...keys) => {
    for (const key of keys) await machine.keyboard.press(KEYS[key] ?? key);
  },
  type: (text) => machine.keyboard.type(text),
});

/** Starts the program with every kind of page on the terminal, as a unit has its terminal from systemd. */
async function startFrame(machine: Machine, columns: string, rows: string): Promise<void> {
  const tty = `/dev/tty${TERMINAL}`;
  await machine.run(['stty', '-F', tty, 'cols', columns, 'rows', rows]);
  await turnTo(machine, TERMINAL);
  const properties = ['TTYPath', 'StandardInput', 'StandardOutput'].map(
    (name) => `--property=${name}=${name === 'TTYPath' ? tty : 'tty'}`,
  );
  const env = ['--setenv=TERM=linux', '--setenv=LANG=C.UTF-8'];
  const program = ['/usr/lib/zs-node/runtime/node', '/usr/lib/zs-node/dist/frame.cjs'];
  await machine.run([
    'systemd-run',
    '--quiet',
    '--collect',
    '--unit=frame',
    ...properties,
    ...env,
    ...program,
  ]);
  await machine.screen.see(/<q> Quit/, { terminal: TERMINAL });
}

machineTest(
  "every page on the kernel's own terminal looks as on an emulator of it, at every size",
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    const program = await bundle('test/screens/fixture-app.ts');
    await machine.put('/usr/lib/zs-node/dist/frame.cjs', await readFile(program.file));
    await program.remove();
    for (const [size, golden] of Object.entries(GOLDEN)) {
      const [columns = '', rows = ''] = size.split('x');
      await startFrame(machine, columns, rows);
      await expect(await walk(walkedOn(machine))).toMatchFileSnapshot(golden);
      await machine.run(['systemctl', 'stop', 'frame']);
    }
  },
);
