import { expect } from 'vitest';
import { bootedAppliance, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, seeFigures, unlock } from './driver/person.ts';

async function askedFor(machine: Machine, choice: 'Reboot' | 'Power off'): Promise<void> {
  await unlock(machine, 'f12');
  await machine.screen.see(/─ ! Reboot\/Power off ─/);
  await choose(machine, choice);
  await machine.screen.see(/to confirm/);
}

machineTest('F12, REBOOT: the node boots again and its console comes back', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  const before = await machine.run(['cat', '/proc/sys/kernel/random/boot_id']);
  const mark = machine.qmp.events.length;
  await askedFor(machine, 'Reboot');
  await machine.keyboard.type('REBOOT\n');
  await machine.qmp.event('RESET', mark);
  await machine.agent.ready();
  await seeFigures(machine);
  expect(await machine.run(['cat', '/proc/sys/kernel/random/boot_id'])).not.toBe(before);
  expect(await machine.run(['systemctl', '--failed', '--no-legend'])).toBe('');
});

machineTest(
  'F12, POWEROFF: the node switches itself off and starts again with its data whole',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await askedFor(machine, 'Power off');
    await machine.keyboard.type('POWEROFF\n');
    await machine.poweredOff();
    await machine.start();
    await machine.agent.ready();
    await seeFigures(machine);
    await machine.run(['zs-controller', '--audit-verify']);
  },
);

machineTest('F12 with anything but the exact word, and Ctrl+Alt+Del, do nothing', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  const mark = machine.qmp.events.length;
  for (const nearly of ['reboot', 'REBOOT ', 'RE BOOT', 'POWEROFF', '']) {
    await askedFor(machine, 'Reboot');
    await machine.keyboard.type(`${nearly}\n`);
    await machine.screen.see(/to confirm/);
    await machine.keyboard.press('esc');
    await machine.keyboard.press('esc');
    await machine.screen.see(MAIN_SCREEN);
    await machine.screen.gone(/Reboot\/Power off ─/);
  }
  for (let press = 0; press < 10; press++) await machine.keyboard.press('ctrl', 'alt', 'delete');
  // Whatever a key press has set off would be in systemd's queue by now.
  await machine.run(['systemctl', 'daemon-reload']);
  expect(await machine.run(['systemctl', 'list-jobs', '--no-legend'])).toBe('');
  await machine.screen.see(MAIN_SCREEN);
  expect(machine.qmp.events.slice(mark).map(({ event }) => event)).not.toContain('RESET');
});
