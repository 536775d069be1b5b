import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { feature } from '../../../src/api/feature.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { type VmGiven, vmExecutors } from '../../../src/node/vm/apply.ts';
import { DefinedLast } from '../../../src/node/vm/defined-last.ts';
import { type Guest, startPlan, type VmStep } from '../../../src/node/vm/plan.ts';
import { StandingGuests } from '../../../src/node/vm/standing.ts';

/**
 * Starts a guest by its plan, in a process that kills itself at the nth point: before and after each sync of the journal
 * and each message to libvirt.
 *   vm-child.ts FOLDER SOCKET start|recover KILL_AT
 */
const [, , folder = '', socket = '', mode = '', killAt = '0'] = process.argv;
let points = 0;

function point(): void {
  points += 1;
  if (points === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

async function killAroundSyncsAndMessages(): Promise<void> {
  const handle = await open('/dev/null');
  const kind = Object.getPrototypeOf(handle) as { datasync(): Promise<void> };
  const { datasync } = kind;
  kind.datasync = async function (this: object) {
    point();
    await datasync.call(this);
    point();
  };
  await handle.close();
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...words: Parameters<typeof write>) {
    point();
    const written = write.apply(this, words);
    point();
    return written;
  } as typeof write;
}

const guest: Guest = {
  ...{ name: 'new', accelerator: 'qemu', cpuNum: 2, memorySize: 32 * 2 ** 20, platform: 'Linux' },
  ...{ cpuMode: 'none', cacheMode: 'none', videoType: 'vga', bootMenu: false, volumes: [], nics: [] },
};
const standing = new StandingGuests([socket]);
const journal = new Journal({
  folder: join(folder, 'journal'),
  executors: feature<VmStep, VmGiven>({ actions: [], executors: vmExecutors(standing, new DefinedLast()) })
    .executors,
  changed() {},
  log() {},
});
await killAroundSyncsAndMessages();
const settled = await journal.recover();
if (mode === 'start') {
  const change = {
    caller: { uid: 0, pid: 1, line: '-', program: 'cluster' },
    action: 'vm.start',
    plan: startPlan('7'.repeat(32), 'new', guest),
  };
  const { signal } = new AbortController();
  await journal.carryOut(change, { signal, given: {}, progress() {} });
}
process.stderr.write(`${JSON.stringify({ points, outcomes: settled.map(({ outcome }) => outcome) })}\n`);
process.exit(0);
