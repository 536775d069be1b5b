import { expect } from 'vitest';
import { appliance, LOGIN_PROMPT, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { seeFigures, turnTo } from './driver/person.ts';

/** Units of log-in prompts that were started on tty1 or the serial line in this boot. */
async function promptsStarted(machine: Machine): Promise<string> {
  const units = ['-u', 'getty@tty1.service', '-u', 'serial-getty@ttyS0.service'];
  return machine.run(['journalctl', '-b', '-q', '-o', 'cat', '--no-pager', ...units]);
}

/** That of zstack-cli, for accounts of the cloud. */
const ACCOUNT_PROMPT = /account: *$/m;

async function promptOn(machine: Machine, terminal: number, prompt: RegExp): Promise<void> {
  await turnTo(machine, terminal);
  await machine.screen.see(prompt, { terminal });
}

for (const [role, title] of [
  ['management', 'Management Node'],
  ['compute', 'Compute Node'],
  ['storage', 'Storage Node'],
] as const) {
  machineTest(
    `${role}: the console is on tty1 and ttyS0 after a boot, log-in prompts on tty2 and tty3`,
    async (lab) => {
      const machine = await lab.boot(await appliance(role), { name: role });
      await machine.agent.ready();
      expect(await machine.screen.see(MAIN_SCREEN)).toContain(title);
      await seeFigures(machine);
      expect(await machine.serial.see(MAIN_SCREEN)).toContain(title);
      await promptOn(machine, 2, LOGIN_PROMPT);
      await promptOn(machine, 3, role === 'management' ? ACCOUNT_PROMPT : LOGIN_PROMPT);
      await turnTo(machine, 1);
      await machine.screen.see(MAIN_SCREEN);
      expect(await promptsStarted(machine)).toBe('');
      expect((await machine.run(['zs-role'])).trim()).toBe(role);
      expect(await machine.run(['systemctl', '--failed', '--no-legend'])).toBe('');
    },
  );
}

machineTest('expert: log-in prompts on tty1 and ttyS0, no console anywhere', async (lab) => {
  const machine = await lab.boot(await appliance('expert'), { name: 'expert' });
  await machine.agent.ready();
  await machine.screen.see(LOGIN_PROMPT);
  await machine.serial.see(LOGIN_PROMPT);
  expect((await machine.attempt(['pgrep', '-f', 'console.cjs'])).code).toBe(1);
});

machineTest(
  'the role changes on a running node: the terminals change hands, and calling it again changes nothing',
  async (lab) => {
    const machine = await lab.boot(await appliance('expert'), { name: 'changing' });
    await machine.agent.ready();
    await machine.screen.see(LOGIN_PROMPT);
    await machine.run(['zs-role', 'storage']);
    expect(await seeFigures(machine)).toContain('Storage Node');
    const before = await machine.run(['systemctl', 'show', '-P', 'MainPID', 'zs-console', 'zs-controller']);
    await machine.run(['zs-role', 'storage']);
    expect(await machine.run(['systemctl', 'show', '-P', 'MainPID', 'zs-console', 'zs-controller'])).toBe(
      before,
    );
    await machine.run(['zs-role', 'expert']);
    await machine.screen.see(LOGIN_PROMPT);
    expect((await machine.attempt(['zs-role', 'nonsense'])).code).toBe(2);
  },
);
