import { Fault } from '../../../api/fault.ts';
import { run } from '../../../system/exec.ts';
import { isNeighbourReachable, readLinks } from '../../../system/iproute.ts';
import { versionOf } from './schema/address.ts';

const LIMIT = 5000;

/** Milliseconds in which a neighbour on the same wire answers. */
const PATIENCE = 400;

/**
 * Who else has the address on this link: the other's MAC; undefined when nobody answers; `unknown` when it cannot be
 * asked (no arping, link down, IPv6, whose own detection does it). This node's own links answer for each other.
 */
export async function addressAnswers(link: string, address: string): Promise<string | 'unknown' | undefined> {
  if (versionOf(address) !== 4) return 'unknown';
  const answer = await probe(link, address);
  if (answer === undefined || answer.code > 1) return 'unknown';
  if (answer.code === 0) return undefined;
  const mac = /\[([0-9A-Fa-f:]{17})\]/.exec(answer.stdout)?.[1]?.toLowerCase() ?? '?';
  return (await readLinks()).some((record) => record.address === mac) ? undefined : mac;
}

/** The program itself waits for whole seconds: it is ended when nobody answered soon. */
async function probe(link: string, address: string) {
  const enough = AbortSignal.timeout(PATIENCE);
  try {
    return await arping(['-D', '-c', '1', '-w', '1', '-I', link, address], enough);
  } catch (thrown) {
    if (enough.aborted) return { code: 0, stdout: '' };
    throw thrown;
  }
}

/** Whether the gateway is there, by ARP or neighbour discovery: many answer no echo. */
export async function gatewayAnswers(link: string, gateway: string): Promise<boolean> {
  if (versionOf(gateway) === 4) {
    const answer = await arping(['-f', '-c', '2', '-w', '1', '-I', link, gateway]);
    if (answer !== undefined && answer.code <= 1) return answer.code === 0;
  }
  return pingAnswers(gateway, link);
}

/** One echo, or at least a neighbour that is there. */
export async function pingAnswers(address: string, link?: string): Promise<boolean> {
  const out = link === undefined ? [] : ['-I', link];
  const { code } = await run(['ping', '-n', '-q', '-c', '1', '-W', '1', ...out, address], { timeout: LIMIT });
  if (code === 0) return true;
  return link !== undefined && (await isNeighbourReachable(address, link));
}

/** Undefined where arping is not installed. */
async function arping(options: string[], signal = AbortSignal.timeout(LIMIT)) {
  try {
    return await run(['arping', ...options], { timeout: LIMIT, signal });
  } catch (thrown) {
    if (Fault.from(thrown).kind === 'unavailable') return undefined;
    throw thrown;
  }
}
