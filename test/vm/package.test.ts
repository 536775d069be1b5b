import { expect, inject } from 'vitest';
import { bootedAppliance, LOGIN_PROMPT, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { seeFigures } from './driver/person.ts';
import { until } from './driver/wait.ts';

const processId = async (machine: Machine, unit: string) =>
  (await machine.run(['systemctl', 'show', '-P', 'MainPID', unit])).trim();

machineTest('an upgrade restarts console and controller and keeps role and data', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  await seeFigures(machine);
  const before = await processId(machine, 'zs-console');
  const ssh = await machine.ssh();
  await ssh.upload(inject('deb'), '/var/tmp/zs-node.deb');
  ssh.end();
  await machine.run(['dpkg', '--install', '/var/tmp/zs-node.deb']);
  await until(
    'another console',
    async () => (await processId(machine, 'zs-console')) !== before || undefined,
  );
  await seeFigures(machine);
  expect((await machine.run(['zs-role'])).trim()).toBe('compute');
  await machine.run(['zs-controller', '--audit-verify']);
});

machineTest('removal gives the terminals back to log-in prompts; purging leaves no data', async (lab) => {
  const machine = await lab.clone(await bootedAppliance('compute'));
  await machine.screen.see(MAIN_SCREEN);
  await machine.run(['dpkg', '--remove', 'zs-node']);
  await machine.screen.see(LOGIN_PROMPT);
  expect(
    (await machine.attempt(['systemctl', 'is-enabled', 'ctrl-alt-del.target'])).stdout.toString(),
  ).not.toContain('masked');
  expect((await machine.attempt(['pgrep', '-f', '/usr/lib/zs-node'])).code).toBe(1);
  await machine.run(['dpkg', '--purge', 'zs-node']);
  const left = await machine.attempt([
    'find',
    '/etc/zs-node',
    '/var/lib/zs-node',
    '/var/lib/zs-console',
    '/usr/lib/zs-node',
    '/run/zs-node',
  ]);
  expect(left.stdout.toString()).toBe('');
});
