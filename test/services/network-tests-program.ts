import type { Run } from '../../src/api/action.ts';
import { Fault } from '../../src/api/fault.ts';
import { networkActions } from '../../src/node/network/actions.ts';

// Runs one network action with the input given as JSON, and prints what it streams and answers. A line on stdin cancels it.
const [name, input = '{}', managementNode] = process.argv.slice(2);
const cancel = new AbortController();
process.stdin.once('data', () => cancel.abort());
const print = (what: object) => console.log(JSON.stringify({ at: Date.now(), ...what }));

const actions = networkActions({ role: 'compute', managementNode: () => managementNode });
const wanted = actions.find(({ action }) => action.name === name);
const run: Pick<Run<unknown>, 'signal' | 'emit'> = { signal: cancel.signal, emit: (item) => print({ item }) };
try {
  const parsed = wanted?.action.input.parse(JSON.parse(input));
  print({ answer: (await wanted?.run(parsed, run as Run<unknown>)) ?? null });
} catch (thrown) {
  print({ fault: Fault.from(thrown).toRecord() });
}
process.exit();
