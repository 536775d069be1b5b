import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import { bootedAppliance, LOGIN_PROMPT, MAIN_SCREEN } from './driver/appliance.ts';
import { machineTest } from './driver/machine-test.ts';
import { seeFigures, turnTo } from './driver/person.ts';

machineTest(
  'F11 leads to the reserved shell, and on the serial line to a log-in there and back',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await seeFigures(machine);
    await machine.keyboard.press('f11');
    await machine.screen.front(2);
    await machine.screen.see(LOGIN_PROMPT, { terminal: 2 });
    await turnTo(machine, 1);

    await machine.serial.see(MAIN_SCREEN);
    await machine.serial.send('s');
    await machine.serial.see(/login: *$/m);
    await machine.serial.send('root\r');
    await machine.serial.see(/Password:/);
    await machine.serial.send(`${ROOT_PASSWORD}\r`);
    await machine.serial.see(/root@[\w-]+:~# *$/m);
    await machine.serial.send('exit\r');
    await machine.serial.see(MAIN_SCREEN);
  },
);
