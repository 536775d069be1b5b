import type { z } from 'zod';
import { type Action, type Implementation, implement } from '../../api/action.ts';
import { connect } from '../../api/client.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import {
  announceAddresses,
  issueToken,
  listHosts,
  listTokens,
  revokeToken,
  watchCounts,
} from '../../node/cluster/schema/members.ts';

/** What this machine's management service answers by itself: asked for here, passed on to it. */
export function memberActions(socket: string, version: string): Implementation[] {
  const passedOn = <I extends z.ZodType, O, T>(action: Action<I, O, T>) =>
    implement(action, async (input, run) => {
      const connection = await connect(socket, { program: 'controller', line: '-', version }).catch(
        (thrown) => {
          throw notRunning(thrown);
        },
      );
      try {
        const options = { signal: run.signal, onItem: (item: T) => run.emit(item) };
        return await connection.call(action, input as z.input<I>, options);
      } finally {
        connection.close();
      }
    });
  return [
    passedOn(watchCounts),
    passedOn(listHosts),
    passedOn(listTokens),
    passedOn(issueToken),
    passedOn(revokeToken),
  ];
}

const ANNOUNCE_MILLISECONDS = 5_000;

/** Tells the hosts of this machine's management service which addresses it may have soon. Never throws. */
export const announcer =
  (socket: string, version: string, log: (line: string) => void) =>
  async (addresses: readonly string[]): Promise<void> => {
    try {
      const connection = await connect(socket, { program: 'controller', line: '-', version });
      // What was asked ends with it: no host that hangs holds the network's change up.
      const late = setTimeout(() => connection.close(), ANNOUNCE_MILLISECONDS);
      try {
        const wanted = { addresses: addresses.slice(0, MOST_ADDRESSES) };
        const { told } = await connection.call(announceAddresses, wanted);
        if (told > 0) log(`${told} hosts were told of ${addresses.join(', ')}`);
      } finally {
        clearTimeout(late);
        connection.close();
      }
    } catch (thrown) {
      log(`hosts were not told of ${addresses.join(', ')}: ${Fault.from(thrown).words.en}`);
    }
  };
const MOST_ADDRESSES = 8;

const notRunning = (cause: unknown): Fault =>
  new Fault('unavailable', say('the management service does not answer', '管理服务没有应答'), {
    cause,
    next: say('start it: zstack-ctl start_node', '请启动：zstack-ctl start_node'),
  });
