import type { Readable } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { faultOf } from '../../api/wire.ts';
import { say } from '../../api/words.ts';
import type { Membership } from './member.ts';
import { ask, asked, fingerprintOf, json, type Reached, reach } from './reach.ts';

/** Nothing more for so long: the line is cut. */
const SILENCE_MILLISECONDS = 60_000;

/** Questions of this node to its management node, over lines of their own with the certificates of its link. */
export class OwnLines {
  readonly #membership: Membership;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  async isJoined(): Promise<boolean> {
    return (await this.#membership.read()) !== undefined;
  }

  /** Throws the fault that it answers; `unavailable` (not joined, no answer). */
  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const reached = await this.#reach();
    return ask(reached, { method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  /**
   * The bytes of a file from an offset on. Throws as `ask`, `timeout`; what goes wrong later destroys the stream.
   */
  async open(path: string, from: number, signal: AbortSignal): Promise<Readable> {
    const { socket } = await this.#reach(signal);
    try {
      const headers = { range: `bytes=${from}-`, connection: 'close' };
      const response = await asked(socket, { method: 'GET', path, headers, signal });
      if (response.statusCode !== 206)
        throw faultOf(((await json(response)) as { fault?: unknown } | null)?.fault);
      socket.setTimeout(SILENCE_MILLISECONDS, () => response.destroy(silent()));
      return response;
    } catch (thrown) {
      socket.destroy();
      throw thrown;
    }
  }

  async #reach(signal?: AbortSignal): Promise<Reached> {
    const member = await this.#membership.read();
    if (member === undefined) throw new Fault('unavailable', say('not joined to a cluster', '尚未加入集群'));
    const { address, port, authority, key, certificate } = member;
    return reach(
      { address, port, fingerprint: fingerprintOf(authority), identity: { key, certificate } },
      signal,
    );
  }
}

const silent = (): Fault =>
  new Fault('timeout', say('the management node sends nothing more', '管理节点不再发送数据'));
