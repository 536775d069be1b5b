import { Fault } from '../../../api/fault.ts';
import { type Executor, type Kept, keepsake, withoutId } from '../../../api/plan.ts';
import type { StorageRoom } from '../local/schema.ts';
import { roomIn, type Storages } from '../local/storages.ts';
import type { ExpansionGiven } from './apply.ts';
import type { ReconnectHost, RestHost } from './plan.ts';

/** What this node tells its cluster of itself. All throw `unavailable` while the management node does not answer. */
export interface OwnHost {
  isJoined(): Promise<boolean>;
  state(): Promise<string>;
  /** Throws `conflict` for maintenance while the cluster has VMs running here. */
  setState(state: string): Promise<void>;
  /** What room one of its storages has here now. */
  tellRoom(storage: string, room: StorageRoom): Promise<void>;
}

const BEFORE = keepsake<{ state: string }>('host-state');

export const restHost = (host: OwnHost): Executor<RestHost, ExpansionGiven> => ({
  compared: withoutId,
  async apply(_step, { kept }) {
    await kept.keep(BEFORE, { state: await host.state() });
    await host.setState('Maintenance');
  },
  undo: (_step, { kept }) => setBack(host, kept),
  async settle(_step, { kept }) {
    await setBack(host, kept);
    return 'not done';
  },
});

async function setBack(host: OwnHost, kept: Kept): Promise<void> {
  const before = await kept.find(BEFORE);
  if (before !== undefined) await host.setState(before.state);
}

/** The last step: what the cluster cannot be told now is no reason to go back. */
export const reconnectHost = (host: OwnHost, storages: Storages): Executor<ReconnectHost, ExpansionGiven> => {
  const reconnect = async ({ storage, path }: ReconnectHost, kept: Kept) => {
    await storages.connect(storage, path);
    if ((await kept.find(BEFORE)) === undefined) return;
    await host.tellRoom(storage, await roomIn(path));
    await setBack(host, kept);
  };
  return {
    decides: true,
    compared: withoutId,
    async apply(step, { kept, given: { told } }) {
      const { total, available: free } = await roomIn(step.path);
      Object.assign(told, { total, free });
      await reconnect(step, kept).catch((thrown) => {
        told.untold = Fault.from(thrown).words;
      });
    },
    undo: async () => undefined,
    async settle(step, { kept }) {
      await reconnect(step, kept);
      return 'done';
    },
  };
};
