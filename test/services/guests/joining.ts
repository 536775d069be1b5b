import { type ChildProcess, spawn } from 'node:child_process';
import type { Connection } from '../../../src/api/client.ts';
import { joinCluster, lookAtCluster } from '../../../src/node/cluster/schema.ts';
import type { NetworkWorld } from '../network-world.ts';

/** A development run listens on the loopback alone: this machine's address leads there. */
export function relayed({ enter }: NetworkWorld, address: string): ChildProcess {
  const program = `
    const net = require('node:net');
    net.createServer((from) => {
      const to = net.connect(8091, '127.0.0.1');
      for (const [a, b] of [[from, to], [to, from]]) a.on('error', () => b.destroy()).on('close', () => b.destroy()).pipe(b);
    }).listen(8091, '${address}');`;
  const [command = '', ...argv] = [...enter, process.execPath, '-e', program];
  return spawn(command, argv, { stdio: 'inherit' });
}

/** Asks that machine's controller. */
export async function ask<T>(world: NetworkWorld, asking: (line: Connection) => Promise<T>): Promise<T> {
  const line = await world.connect();
  try {
    return await asking(line);
  } finally {
    line.close();
  }
}

/** A machine looks at the cluster there and joins it. @returns the fingerprint that it saw */
export const joins = (
  host: NetworkWorld,
  address: string,
  { token, fingerprint }: { token: string; fingerprint: string },
): Promise<string> =>
  ask(host, async (line) => {
    const seen = await line.call(lookAtCluster, { address });
    await line.call(joinCluster, { address, token, fingerprint });
    return seen.fingerprint;
  });
