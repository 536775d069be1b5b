import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { type Doing, type Served, serves } from '../../calls/doing.ts';
import { errorOf } from '../../define/error-shape.ts';
import { badField } from '../../define/refusal.ts';
import { agentsOf, writeAgentStatus } from './agents.ts';
import { reconnectConsoleProxyAgent } from './resource.ts';

/** The console proxy of this service, as far as calls need it. */
export interface Consoles {
  /** Uuid of its agent. */
  readonly uuid: string;
  /** Opens its port anew, and asks the store nothing; all that were connected are cut off. Throws why it cannot. */
  reconnect(): Promise<void>;
}

export const consoleCalls = (consoles: Consoles): Served[] => [
  serves(reconnectConsoleProxyAgent, async (on, { agentUuids }) => {
    const known = await agentsOf(on.database, agentUuids);
    const strange = agentUuids?.find((uuid) => !known.includes(uuid));
    if (strange !== undefined)
      throw badField('agentUuids', say(`there is no agent ${strange}`, `没有代理 ${strange}`));
    const results = known.map(async (uuid) => [uuid, await reconnected(consoles, uuid, on)] as const);
    return { inventory: Object.fromEntries(await Promise.all(results)) };
  }),
];

/** true, or what is wrong. */
async function reconnected(consoles: Consoles, uuid: string, { database }: Doing): Promise<object | true> {
  if (uuid !== consoles.uuid) return errorOf(elsewhere(uuid));
  try {
    await consoles.reconnect();
    await writeAgentStatus(database, uuid, 'Connected');
    return true;
  } catch (thrown) {
    await writeAgentStatus(database, uuid, 'Disconnected');
    return errorOf(Fault.from(thrown));
  }
}

const elsewhere = (uuid: string): Fault =>
  new Fault(
    'unavailable',
    say(`${uuid} is another management node's: ask that one`, `${uuid} 属于另一个管理节点，请向该节点请求`),
  );
