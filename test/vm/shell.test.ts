import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import { bootedAppliance, LOGIN_PROMPT, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { seeFigures, turnTo } from './driver/person.ts';
import { until } from './driver/wait.ts';

/** A controller that is busy just then makes the console say so; a person presses again. */
async function pressUntilInFront(machine: Machine, key: string, terminal: number): Promise<void> {
  await until(
    `tty${terminal} in front`,
    async () => {
      await machine.keyboard.press(key);
      return (await machine.screen.grid(terminal)).active === terminal || undefined;
    },
    { everyMs: 3000 },
  );
}

machineTest(
  'F11 leads to the reserved shell, and on the serial line to a log-in there and back',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await seeFigures(machine);
    await pressUntilInFront(machine, 'f11', 2);
    await machine.screen.see(LOGIN_PROMPT, { terminal: 2 });
    await turnTo(machine, 1);

    await machine.serial.see(MAIN_SCREEN);
    await until(
      'a log-in prompt on the serial line',
      async () => {
        machine.serial.send('s');
        return machine.serial.see(/login: *s*$/m, 20_000).catch(() => undefined);
      },
      { explain: () => machine.serial.text() },
    );
    machine.serial.send('\x15');
    machine.serial.send('root\r');
    await machine.serial.see(/Password:/);
    machine.serial.send(`${ROOT_PASSWORD}\r`);
    await machine.serial.see(/root@[\w-]+:~# *$/m);
    machine.serial.send('exit\r');
    await machine.serial.see(MAIN_SCREEN);
  },
);
