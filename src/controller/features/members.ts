import type { z } from 'zod';
import { type Action, type Implementation, implement } from '../../api/action.ts';
import { connect } from '../../api/client.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import {
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

const notRunning = (cause: unknown): Fault =>
  new Fault('unavailable', say('the management service does not answer', '管理服务没有应答'), {
    cause,
    next: say('start it: zstack-ctl start_node', '请启动：zstack-ctl start_node'),
  });
