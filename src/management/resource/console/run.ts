import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { existing } from '../../calls/change.ts';
import { type Doing, type Served, serves } from '../../calls/doing.ts';
import { errorOf } from '../../define/error-shape.ts';
import { badField } from '../../define/refusal.ts';
import { vmInstance } from '../vm/resource.ts';
import type { VmState } from '../vm/states.ts';
import { agentsOf, writeAgentStatus } from './agents.ts';
import type { Grant } from './grants.ts';
import { reconnectConsoleProxyAgent, requestConsoleAccess } from './resource.ts';

/** Where a screen is to be seen, as clients are told. */
export interface ConsoleAddress {
  readonly scheme: 'http';
  readonly hostname: string;
  readonly port: number;
  readonly token: string;
}

/** The console proxy of this service, as far as calls need it. */
export interface Consoles {
  /** Uuid of its agent. */
  readonly uuid: string;
  /** A new token, while the proxy and the host's link are there. Asks the store nothing. Throws `unavailable`. */
  grant(grant: Grant): ConsoleAddress;
  /** Opens its port anew, and asks the store nothing; all that were connected are cut off. Throws why it cannot. */
  reconnect(): Promise<void>;
}

export const consoleCalls = (consoles: Consoles): Served[] => [
  serves(requestConsoleAccess, async (on, { vmInstanceUuid }) => {
    const { uuid: vm, name, hostUuid: host, state } = await existing(on, vmInstance, vmInstanceUuid);
    if (host === null || !HAS_SCREEN.includes(state)) throw noScreen(state);
    return { inventory: consoles.grant({ vm, name, host, session: on.session?.uuid ?? '' }) };
  }),
  serves(reconnectConsoleProxyAgent, async (on, { agentUuids }) => {
    const known = await agentsOf(on.database, agentUuids);
    const strange = agentUuids?.find((uuid) => !known.includes(uuid));
    if (strange !== undefined)
      throw badField('agentUuids', say(`there is no agent ${strange}`, `没有代理 ${strange}`));
    const results = known.map(async (uuid) => [uuid, await reconnected(consoles, uuid, on)] as const);
    return { inventory: Object.fromEntries(await Promise.all(results)) };
  }),
];

const HAS_SCREEN: readonly VmState[] = ['Running', 'Stopping', 'Rebooting', 'Pausing', 'Paused', 'Resuming'];

const noScreen = (state: VmState): Fault =>
  new Fault('conflict', say(`the VM is ${state}: it has no screen now`, `云主机状态为 ${state}，没有画面`), {
    next: say('it has one while it runs or is paused', '运行或暂停时才有画面'),
  });

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
