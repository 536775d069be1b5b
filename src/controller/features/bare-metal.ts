import { join } from 'node:path';
import { type Feature, feature } from '../../api/feature.ts';
import type { Places } from '../../api/places.ts';
import { machineActions } from '../../node/bare-metal/actions.ts';
import { type KeepMachine, type KeptMachine, keepMachine } from '../../node/bare-metal/machines.ts';
import { layoutOf } from '../../node/zstack/layout.ts';

/** Bare machines that a management node switches. */
export function bareMetalOf({ dataDir, data }: Places): Feature {
  const machines = join(data, 'machines');
  return feature<KeepMachine, KeptMachine>({
    actions: machineActions(machines, layoutOf(dataDir).pxe.state),
    executors: { 'bareMetal.keepMachine': keepMachine(machines, async () => {}) },
  });
}
