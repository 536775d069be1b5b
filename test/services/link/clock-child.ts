import { text } from 'node:stream/consumers';
import { until } from '../servers.ts';

// A node in a process of its own whose clock is off: joins, and prints its link once that is up. Its input is JSON:
// { shift, port, token, fingerprint }, shift in milliseconds.

const { shift, port, token, fingerprint } = JSON.parse(await text(process.stdin));
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given: []) {
    if (given.length === 0) super(Real.now() + shift);
    else super(...given);
  }

  static override now(): number {
    return Real.now() + shift;
  }
} as DateConstructor;

const { TestNode } = await import('./node.ts');
const node = new TestNode();
const { host } = await node.join(port, token, fingerprint);
const state = await until(async () => (node.feed.state.state === 'up' ? node.feed.state : undefined), 60);
process.stdout.write(JSON.stringify({ host, state, now: Date.now() }));
await node.end();
process.exit(0);
