import type { Readable } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { faultOf } from '../../api/wire.ts';
import { say } from '../../api/words.ts';
import type { Membership } from './member.ts';
import { asked, fingerprintOf, json, reach } from './reach.ts';

/** Nothing more of an image for so long: the line is cut. */
const SILENCE_MILLISECONDS = 60_000;

/** Images that the management node has, over lines of their own with the same certificates as the link. */
export class LinkImages {
  readonly #membership: Membership;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  /**
   * The bytes of an image's file from an offset on. Faults: `unavailable` (not joined, no answer, or the management
   * node has no such image), `timeout`; what goes wrong later destroys the stream.
   */
  async open(image: string, from: number, signal: AbortSignal): Promise<Readable> {
    const member = await this.#membership.read();
    if (member === undefined) throw new Fault('unavailable', say('not joined to a cluster', '尚未加入集群'));
    const { address, port, authority, key, certificate } = member;
    const peer = { address, port, fingerprint: fingerprintOf(authority), identity: { key, certificate } };
    const { socket } = await reach(peer, signal);
    try {
      const headers = { range: `bytes=${from}-`, connection: 'close' };
      const response = await asked(socket, { method: 'GET', path: `/images/${image}`, headers, signal });
      if (response.statusCode === 404) throw noImage(address);
      if (response.statusCode !== 206)
        throw faultOf(((await json(response)) as { fault?: unknown } | null)?.fault);
      socket.setTimeout(SILENCE_MILLISECONDS, () => response.destroy(silent()));
      return response;
    } catch (thrown) {
      socket.destroy();
      throw thrown;
    }
  }
}

const silent = (): Fault =>
  new Fault('timeout', say('the management node sends nothing more of the image', '管理节点不再发送镜像'));

const noImage = (address: string): Fault =>
  new Fault('unavailable', say(`${address} does not have this image`, `${address} 上没有该镜像`));
