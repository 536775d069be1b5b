import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../api/client.ts';
import { Fault } from '../../api/fault.ts';
import type { Membership } from './member.ts';
import { type AdmitHere, admitHere } from './schema/members.ts';

const AGAIN_MILLISECONDS = 5_000;

interface Parts {
  /** Socket of this machine's own management service. */
  readonly socket: string;
  readonly version: string;
  readonly membership: Membership;
  /** Joins, on record as every join. */
  join(input: { address: string; port: number; token: string; fingerprint: string }): Promise<unknown>;
  readonly log: (line: string) => void;
}

/**
 * Makes the machine of an embedded service that service's first host, once: a host that was deleted, or has left, does
 * not come back by itself. Waits for the service as long as it is not there.
 */
export async function joinHere(parts: Parts, signal: AbortSignal): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    try {
      if ((await parts.membership.read()) !== undefined) return;
      return await tryHere(parts, await asked(parts));
    } catch (thrown) {
      const { kind, words } = Fault.from(thrown);
      if (kind === 'conflict' || kind === 'refused') return;
      // A service that is not there (yet) is told by its own line on the console.
      if (kind !== 'unavailable' && words.en !== told) parts.log(`first host: ${words.en}`);
      told = words.en;
    }
    await sleep(AGAIN_MILLISECONDS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function asked({ socket, version }: Parts): Promise<AdmitHere> {
  const connection = await connect(socket, { program: 'controller', line: '-', version });
  try {
    return await connection.call(admitHere, {});
  } finally {
    connection.close();
  }
}

async function tryHere({ membership, join }: Parts, { token, ...way }: AdmitHere): Promise<void> {
  // One that was cut off while it joined is known by its key, and needs no token any more.
  if (token === undefined && !(await membership.hasDraft())) return;
  await join({ ...way, address: '127.0.0.1', token: token ?? 'none' });
}
