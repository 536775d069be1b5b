import { readFileSync } from 'node:fs';
import { JournalFile } from '../../../src/controller/journal/file.ts';
import { KeptFiles } from '../../../src/controller/journal/kept.ts';
import { Database } from '../../../src/system/mariadb.ts';
import { Broker } from '../../../src/system/rabbitmq.ts';
import { World, type WorldPlace } from './world.ts';

// Makes one change and dies by SIGKILL at its n-th effect on the outside: before it, or right after it.

interface Order {
  place: WorldPlace;
  action: string;
  input: object;
  /** Effects count from 1; even numbers die after, odd ones before. */
  dieAt: number;
}

const order = JSON.parse(readFileSync(0, 'utf8')) as Order;
let moments = 0;

function moment(): void {
  moments += 1;
  if (moments === order.dieAt) process.kill(process.pid, 'SIGKILL');
}

function mortal<K extends string>(
  prototype: { [name in K]: (...args: never[]) => Promise<unknown> },
  name: K,
): void {
  const real = prototype[name];
  prototype[name] = async function (this: unknown, ...args: never[]) {
    moment();
    const answer = await real.apply(this, args);
    moment();
    return answer;
  } as typeof real;
}

mortal(Database.prototype, 'query');
mortal(JournalFile.prototype, 'write');
mortal(KeptFiles.prototype, 'keep');
mortal(Broker.prototype, 'ask');
const world = new World(order.place, moment);
await world.journal.recover();
await world.call(order.action, order.input);
process.stdout.write(`${moments}\n`);
