import { expect } from 'vitest';
import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import { bootedAppliance, LOGIN_PROMPT } from './driver/appliance.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, logIn, MENU, seeFigures, turnTo, unlock } from './driver/person.ts';

/** Every kind of character that a keyboard has, some of which a careless program would interpret. */
const NEW_PASSWORD = 'New-1 "q\'uote" $x\\ %s;`{~}';

machineTest('a wrong password says so and leads back; the right one opens the menu', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  await seeFigures(machine);
  await unlock(machine, 'f2', `${ROOT_PASSWORD}x`);
  await machine.screen.see(/[Ww]rong password/);
  await machine.keyboard.press('esc');
  await machine.screen.gone(/Root password/);
  await unlock(machine, 'f2');
  await machine.screen.see(MENU);
});

machineTest(
  "root's password is changed by keyboard: the new one opens tty2 and the console, the old one neither",
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await unlock(machine, 'f2');
    await machine.screen.see(MENU);
    await choose(machine, 'Change Passwords');
    await machine.screen.see(/New again/);
    await machine.keyboard.type(`${ROOT_PASSWORD}\t${NEW_PASSWORD}\t${NEW_PASSWORD}\n`);
    await machine.screen.see(/Change the password of root now/);
    await machine.keyboard.type('y');
    await machine.screen.see(/The password of root is changed/);

    await turnTo(machine, 2);
    await logIn(machine, 2);
    await machine.screen.see(/Login incorrect/, { terminal: 2 });
    await machine.screen.see(LOGIN_PROMPT, { terminal: 2 });
    await logIn(machine, 2, NEW_PASSWORD);
    await machine.screen.see(/root@node1:~#/, { terminal: 2 });

    await turnTo(machine, 1);
    await machine.keyboard.press('esc');
    await machine.screen.gone(/The password of root is changed/);
    await machine.keyboard.press('f2');
    await machine.screen.gone(MENU);
    await unlock(machine, 'f2', NEW_PASSWORD);
    await machine.screen.see(MENU);

    const traces = await machine.attempt([
      'grep',
      '-rlF',
      NEW_PASSWORD,
      '/var/log',
      '/var/lib/zs-node',
      '/run/zs-node',
      '/var/lib/zs-node-audit',
      '/var/lib/zs-console',
    ]);
    expect(traces.stdout.toString()).toBe('');
    expect(
      (
        await machine.attempt(['sh', '-c', 'journalctl -b | grep -F "$1"', 'grep', NEW_PASSWORD])
      ).stdout.toString(),
    ).toBe('');
  },
);

machineTest('an account without a usable password is explained, not asked for one', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  await machine.run(['passwd', '--lock', 'root']);
  await machine.keyboard.press('f2');
  await machine.screen.see(/root has no usable password/);
});
