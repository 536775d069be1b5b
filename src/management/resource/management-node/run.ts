import { say } from '../../../api/words.ts';
import { type Served, serves } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import { getCurrentTime, getVersion, isOpensourceVersion, isReadyToGo } from './resource.ts';

/** The management service that answers. */
export interface ThisNode {
  readonly uuid: string;
  readonly version: string;
}

export const managementNodeCalls = ({ uuid, version }: ThisNode): Served[] => [
  serves(getVersion, async () => ({ version })),
  serves(isOpensourceVersion, async () => ({ opensource: true })),
  serves(getCurrentTime, async ({ now }) => ({
    currentTime: { MillionSeconds: now, Seconds: Math.floor(now / 1000) },
  })),
  serves(isReadyToGo, async (_, { managementNodeId }) => {
    if (managementNodeId !== undefined && managementNodeId !== uuid)
      throw badField('managementNodeId', say(`this is ${uuid}`, `本节点是 ${uuid}`));
    return { managementNodeId: uuid };
  }),
];
