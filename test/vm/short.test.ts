import { expect } from 'vitest';
import { bootedAppliance, LOGIN_PROMPT, MAIN_SCREEN } from './driver/appliance.ts';
import { machineTest } from './driver/machine-test.ts';
import { MENU, seeFigures, turnTo, unlock } from './driver/person.ts';

// The short form: what must work before anything else is looked at.

machineTest(
  'a node boots into its console; F2, password and back; Ctrl+Alt+F2 is a log-in prompt, Ctrl+Alt+F1 leads back',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    expect(await seeFigures(machine)).toContain('Compute Node');
    await machine.serial.see(MAIN_SCREEN);

    await unlock(machine, 'f2');
    await machine.screen.see(MENU);
    await machine.keyboard.press('f2');
    await seeFigures(machine);

    await turnTo(machine, 2);
    await machine.screen.see(LOGIN_PROMPT, { terminal: 2 });
    await turnTo(machine, 1);
    await machine.screen.see(MAIN_SCREEN);
  },
);
