import child from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type { Run } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import type { Plan } from '../../../src/api/plan.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { expansionFeature } from '../../../src/node/storage/expand/actions.ts';
import type { ExpansionStep } from '../../../src/node/storage/expand/plan.ts';
import { storageActions } from '../../../src/node/storage/local/actions.ts';
import { Storages } from '../../../src/node/storage/local/storages.ts';

/**
 * Does one action of an expansion or a storage, in a process that kills itself at the nth point: before and after each sync of a file
 * and each start of a program. Recovers first, as the controller does.
 *   expand-child.ts FOLDER ACTION INPUT KILL_AT
 * A negative number counts from the moment on at which fstab has the new mounts.
 */
const [, , folder = '', action = '', input = '{}', killAt = '0'] = process.argv;
let points = 0;

const fstab = () => readFileSync(join(folder, 'fstab'), 'utf8');
const before = fstab();
const isKept = () => fstab() !== before;

function point(): void {
  if (Number(killAt) < 0 && !isKept()) return;
  points += 1;
  if (points === Math.abs(Number(killAt))) process.kill(process.pid, 'SIGKILL');
}

const handle = await open('/dev/null');
const files = Object.getPrototypeOf(handle) as Record<'sync' | 'datasync', () => Promise<void>>;
for (const name of ['sync', 'datasync'] as const) {
  const real = files[name];
  files[name] = async function (this: object) {
    point();
    await real.call(this);
    point();
  };
}
await handle.close();
const { spawn } = child;
child.spawn = ((...words: Parameters<typeof spawn>) => {
  point();
  const started = spawn(...words);
  point();
  return started;
}) as typeof spawn;
syncBuiltinESMExports();

const hostFile = join(folder, 'host.json');
const told = () => JSON.parse(readFileSync(hostFile, 'utf8')) as { state?: string; room?: object };
const tell = (news: object) => writeFileSync(hostFile, JSON.stringify({ ...told(), ...news }));
const storages = new Storages(folder, join(folder, 'fstab'));
const whole = expansionFeature({
  storages,
  places: { fstab: join(folder, 'fstab'), mounts: join(folder, 'mounts') },
  // The cluster as a file; the real one is in the tests of the link.
  host: {
    isJoined: async () => told().state !== undefined,
    state: async () => told().state ?? '',
    setState: async (state) => tell({ state }),
    tellRoom: async (_storage, room) => tell({ room }),
  },
});
const journal = new Journal({
  folder: join(folder, 'journal'),
  executors: whole.executors,
  changed() {},
  log: (line) => process.stderr.write(`${line}\n`),
});
const { signal } = new AbortController();
const progress = () => undefined;
const run: Partial<Run<never, ExpansionStep, object>> = {
  ...{ signal, progress },
  show: (plan) => ({ ...plan, digest: '' }),
  carryOut: (plan: Plan<ExpansionStep>, given?: object) =>
    journal.carryOut(
      { caller: { uid: 0, pid: 1, line: '-', program: 'script' }, action, plan },
      { signal, given, progress },
    ),
};
const settled = await journal.recover();
const outcomes = settled.map(({ outcome, words }) => `${outcome}: ${words.en}`);
const found = [...whole.actions, ...storageActions(storages)].find((each) => each.action.name === action);
const answer = await found?.run(found.action.input.parse(JSON.parse(input)), run as never).then(
  (output) => ({ output }),
  (thrown) => ({ fault: Fault.from(thrown).toRecord() }),
);
process.stdout.write(`${JSON.stringify({ points, outcomes, ...answer })}\n`);
process.exit(0);
