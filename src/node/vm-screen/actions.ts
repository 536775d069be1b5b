import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Membership } from '../cluster/member.ts';
import { openStream } from '../cluster/stream.ts';
import { connectScreen } from './guest.ts';
import { openScreen } from './schema.ts';

export interface ScreenParts {
  /** Path of the socket of a guest's screen. */
  screenOf(vm: string): Promise<string>;
  membership(): Membership;
}

/** Screens of this node's guests, for the service of its cluster. */
export const screenActions = ({ screenOf, membership }: ScreenParts): Implementation[] => [
  implement(openScreen, async ({ vm, stream }, { signal }) => {
    const member = await membership().read();
    if (member === undefined) throw new Fault('conflict', say('not joined to a cluster', '尚未加入集群'));
    const guest = await connectScreen(await screenOf(vm));
    try {
      const service = await openStream(member, stream, signal);
      service.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS);
      void join(guest, service);
    } catch (thrown) {
      guest.destroy();
      throw thrown;
    }
  }),
];

/** A service that is gone without a word is found by this. */
const KEEP_ALIVE_MILLISECONDS = 60_000;

/** Either side may be cut off at any moment, and both end then. */
const join = (guest: Duplex, service: Duplex): Promise<void> =>
  pipeline(guest, service, guest).catch(() => undefined);
