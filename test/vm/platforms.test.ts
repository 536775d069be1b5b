import { expect } from 'vitest';
import { appliance } from './driver/appliance.ts';
import { machineTest } from './driver/machine-test.ts';
import { MENU, seeFigures, unlock } from './driver/person.ts';

for (const { suite, filesystem } of [
  { suite: 'trixie', filesystem: 'ext4' },
  { suite: 'bookworm', filesystem: 'xfs' },
] as const) {
  machineTest(
    `Debian ${suite} on ${filesystem}: the console comes up, and the password opens its menu`,
    async (lab) => {
      const machine = await lab.boot(await appliance('compute', { suite, filesystem }), {
        name: `${suite}-${filesystem}`,
      });
      await machine.agent.ready();
      await seeFigures(machine);
      expect((await machine.run(['findmnt', '-no', 'FSTYPE', '/'])).trim()).toBe(filesystem);
      expect(await machine.run(['cat', '/etc/os-release'])).toContain(`VERSION_CODENAME=${suite}`);
      await unlock(machine, 'f2');
      await machine.screen.see(MENU);
      expect(await machine.run(['systemctl', '--failed', '--no-legend'])).toBe('');
    },
    50,
  );
}
