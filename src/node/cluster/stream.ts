import type { TLSSocket } from 'node:tls';
import type { Secret } from '../../api/secret-text.ts';
import { faultOf } from '../../api/wire.ts';
import type { Member } from './member.ts';
import { asked, fingerprintOf, json, reach } from './reach.ts';
import { STREAM_PROTOCOL } from './schema.ts';

/**
 * A line of its own to the management service, for what that has asked for. Throws as `reach` does, and the service's
 * fault when it does not wait for it (any more).
 * @param word what the service knows it by; good once
 */
export async function openStream(
  { address, port, authority, key, certificate }: Member,
  word: Secret,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const peer = { address, port, fingerprint: fingerprintOf(authority), identity: { key, certificate } };
  const { socket } = await reach(peer, signal);
  try {
    const headers = { connection: 'upgrade', upgrade: STREAM_PROTOCOL };
    const path = `/streams/${encodeURIComponent(word.reveal())}`;
    const response = await asked(socket, { method: 'GET', path, headers, signal });
    if (response.statusCode === 101) return socket;
    throw faultOf(((await json(response)) as { fault?: unknown } | null)?.fault);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}
