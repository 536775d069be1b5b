import { setTimeout as pause } from 'node:timers/promises';
import { TestTerminal } from '../screens/terminal.ts';
import { bundle, startController } from './programs.ts';
import type { Bench } from './row.ts';

const ROUNDS = 20;
const GONE = 'the controller does not answer';

/** How long the console needs to say that the controller hangs: the end of a killed one is told by its socket at once. */
const bench: Bench = async () => {
  const controller = await startController();
  const terminal = new TestTerminal({
    argv: [process.execPath, bundle('console'), '--data', controller.data],
    env: controller.env,
    columns: 100,
  });
  try {
    await terminal.see('<F2> System Configuration', 30_000);
    const told: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await pause(1000 + ((round * 137) % 700));
      process.kill(controller.pid, 'SIGSTOP');
      const from = performance.now();
      await terminal.see(GONE, 30_000);
      told.push(performance.now() - from);
      process.kill(controller.pid, 'SIGCONT');
      await terminal.gone(GONE, 30_000);
    }
    return [
      {
        name: `controller hung: told, slowest of ${ROUNDS}`,
        value: Math.max(...told),
        unit: 'ms',
        limit: 2000,
      },
    ];
  } finally {
    await terminal.end();
    await controller.end();
  }
};
export default bench;
