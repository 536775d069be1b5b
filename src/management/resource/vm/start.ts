import { carries, type Served } from '../../calls/doing.ts';
import { flow } from '../../jobs/flow.ts';
import type { Bringing } from './context.ts';
import { prepared } from './prepare.ts';
import { startVmInstance } from './resource.ts';
import { move, putBack, toldVm, vmRow } from './rows.ts';
import type { VmState } from './states.ts';
import { BRINGING_UP } from './steps.ts';

interface Starting extends Bringing {
  readonly before: VmState;
}

const starting = flow<Starting>({
  name: 'StartVmInstance',
  steps: [
    {
      name: 'change its state',
      forget: (database, { vm, before }, now) => putBack(database, vm, 'Starting', before, now),
    },
    ...BRINGING_UP,
  ],
  answer: ({ vm }, database) => toldVm(database, vm),
});

export const startVmCall: Served = carries(
  startVmInstance,
  starting,
  async (on, { uuid, clusterUuid, hostUuid }): Promise<Starting> => {
    const { uuid: vm, state: before } = await vmRow(on.database, uuid);
    await move(on.database, vm, 'start', on.now);
    return { ...(await prepared(on, vm, { clusterUuid, hostUuid })), before };
  },
);
