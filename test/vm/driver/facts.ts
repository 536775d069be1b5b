import type { Facts } from '../../../src/node/facts/schema.ts';
import type { Machine } from './machine.ts';
import { until } from './wait.ts';

/** Asks the controller over its socket for every section, and prints them. */
const ASK = `
const hello = { program: 'script', line: '-', version: '0' };
const socket = require('node:net').connect('/run/zs-node/controller.sock');
const write = (what) => socket.write(JSON.stringify(what) + '\\n');
write({ hello });
write({ id: 1, action: 'facts.watch', input: {} });
require('node:readline').createInterface(socket).on('line', (line) => {
  const { item, fault } = JSON.parse(line);
  if (fault) throw new Error(line);
  if (item) { process.stdout.write(JSON.stringify(item)); socket.destroy(); }
});`;

/** What the node's controller knows at this moment: what its main screen shows. */
export async function factsOf(machine: Machine): Promise<Facts> {
  return JSON.parse(await machine.run(['/usr/lib/zs-node/runtime/node', '-e', ASK]));
}

/** The first facts of which something holds. */
export async function factsWhere(
  machine: Machine,
  what: string,
  holds: (facts: Facts) => boolean,
): Promise<Facts> {
  let last: Facts | undefined;
  const probe = async () => {
    last = await factsOf(machine);
    return holds(last) ? last : undefined;
  };
  return until(what, probe, { everyMs: 500, limitMs: 240_000, explain: () => JSON.stringify(last, null, 1) });
}
