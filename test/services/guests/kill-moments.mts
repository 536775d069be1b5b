import child from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { StatementSync } from 'node:sqlite';

/**
 * Loaded before a program: counts its moments and kills it at the nth. They count from when the file ZS_KILL_WHEN is
 * there; the count so far is in ZS_KILL_COUNT. ZS_KILL_AROUND says which they are, before and after each of them:
 *   store    what is written of jobs, orders and VMs, a transaction as one, and each order that is sent
 *   node     each sync of a file, each message to whom it speaks with, and each program that it starts
 */
const { ZS_KILL_WHEN = '', ZS_KILL_COUNT = '', ZS_KILL_AT = '0', ZS_KILL_AROUND = '' } = process.env;
let points = 0;

function point(): void {
  if (!existsSync(ZS_KILL_WHEN)) return;
  points += 1;
  // Whole, whenever somebody else kills it.
  writeFileSync(`${ZS_KILL_COUNT}.new`, String(points));
  renameSync(`${ZS_KILL_COUNT}.new`, ZS_KILL_COUNT);
  if (points === Number(ZS_KILL_AT)) process.kill(process.pid, 'SIGKILL');
}

function around<T>(work: () => T): T {
  point();
  const done = work();
  point();
  return done;
}

const OURS = /"(job|host_order|vm_instance|volume|vm_nic|used_ip)"/;

function aroundWrites(): void {
  const { run } = StatementSync.prototype;
  let isOpen = false;
  let isOurs = false;
  StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
    const sql = this.sourceSQL;
    const real = () => run.apply(this, values);
    if (sql === 'begin') [isOpen, isOurs] = [true, false];
    else if (sql === 'commit') {
      isOpen = false;
      if (isOurs) return around(real);
    } else if (sql === 'rollback') isOpen = false;
    else if (OURS.test(sql)) {
      isOurs = true;
      if (!isOpen) return around(real);
    }
    return real();
  } as typeof run;
}

function aroundMessages(which: (data: unknown) => boolean): void {
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...words: Parameters<typeof write>) {
    const real = () => write.apply(this, words);
    return which(words[0]) ? around(real) : real();
  } as typeof write;
}

async function aroundSyncs(): Promise<void> {
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
}

function aroundPrograms(): void {
  const { spawn } = child;
  child.spawn = ((...words: Parameters<typeof spawn>) => {
    point();
    const started = spawn(...words);
    started.once('close', point);
    return started;
  }) as typeof spawn;
}

if (ZS_KILL_AROUND === 'store') {
  aroundWrites();
  aroundMessages((data) => String(data).includes('cluster.carryOut'));
}
if (ZS_KILL_AROUND === 'node') {
  await aroundSyncs();
  aroundMessages(() => true);
  aroundPrograms();
}
