import { expect } from 'vitest';
import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, MENU, seeFigures, unlock } from './driver/person.ts';

const isReadOnly = async (machine: Machine) =>
  / ro[, ]/.test(await machine.run(['findmnt', '-no', 'OPTIONS', '/']).then((text) => ` ${text} `));

/** Under emulation. */
const COLD_START_MS = 300_000;

/** A disk that turned read-only while a file was deleted and still open has orphans: the kernel wants a start then. */
async function writableAgain(machine: Machine): Promise<void> {
  const { code } = await machine.attempt(['mount', '-o', 'remount,rw', '/']);
  if (code === 0) return machine.keyboard.press('f2');
  expect(await machine.run(['dmesg'])).toMatch(/Couldn't remount RDWR because of unprocessed orphan/);
  await machine.powerCut();
  await machine.start();
  await machine.agent.ready(COLD_START_MS);
  await seeFigures(machine);
}

machineTest(
  'the root file system turns read-only, as after a disk error: it is said, all opens, nothing changes; then all is back',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await seeFigures(machine);
    await machine.run(['sh', '-c', 'sync; echo u > /proc/sysrq-trigger']);
    await machine.screen.see(/! read-only/);
    expect(await isReadOnly(machine)).toBe(true);

    await machine.run(['systemctl', 'kill', '-s', 'KILL', 'zs-controller']);
    await machine.run(['systemctl', 'kill', '-s', 'KILL', 'zs-console']);
    await seeFigures(machine);
    await machine.screen.see(/! read-only/);

    await unlock(machine, 'f2');
    await machine.screen.see(MENU);
    await choose(machine, 'Change Passwords');
    await machine.screen.see(/New again/);
    await machine.keyboard.type(`${ROOT_PASSWORD}\tanother-word-1\tanother-word-1\n`);
    await machine.screen.see(/Change the password of root now/);
    await machine.keyboard.type('y');
    await machine.screen.see(/the disk is read-only/);
    await machine.keyboard.press('esc');
    await machine.keyboard.press('esc');

    await writableAgain(machine);
    await machine.screen.gone(/! read-only/);
    await unlock(machine, 'f2');
    await machine.screen.see(MENU);
  },
);
