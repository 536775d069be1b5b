import { expect } from 'vitest';
import { bootedAppliance } from './driver/appliance.ts';
import { machineTest } from './driver/machine-test.ts';
import { seeFigures } from './driver/person.ts';
import { until } from './driver/wait.ts';

/** An emergency is shown on the console whatever the log level; the others may not be. */
const LEVELS = ['0', '2', '4', '6'];

machineTest(
  'kernel messages of every level are in the journal and do not stay on the screen',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await seeFigures(machine);
    for (const level of LEVELS) {
      await machine.run([
        'sh',
        '-c',
        'printf "<%s>noise of level %s\\n" "$1" "$1" > /dev/kmsg',
        'noise',
        level,
      ]);
    }
    await until('the messages in the journal', async () => {
      const journal = await machine.run(['journalctl', '-k', '-o', 'cat', '--no-pager']);
      return LEVELS.every((level) => journal.includes(`noise of level ${level}`)) || undefined;
    });
    await machine.screen.gone(/noise of level/);
    expect(await seeFigures(machine)).toMatch(/ZStack - Compute Node/);
  },
);
