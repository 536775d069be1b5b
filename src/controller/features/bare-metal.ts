import { join } from 'node:path';
import { type Feature, feature, together } from '../../api/feature.ts';
import type { Places } from '../../api/places.ts';
import { PORTS } from '../../api/ports.ts';
import { machineActions } from '../../node/bare-metal/actions.ts';
import { readAsking } from '../../node/bare-metal/asking.ts';
import { installActions } from '../../node/bare-metal/install-actions.ts';
import { type KeepMachine, type KeptMachine, keepMachine } from '../../node/bare-metal/machines.ts';
import { provisionActions } from '../../node/bare-metal/provision-actions.ts';
import {
  type KeepProvisioned,
  type KeptProvisioned,
  keepProvisioned,
} from '../../node/bare-metal/provisioned.ts';
import { pxeActions } from '../../node/bare-metal/pxe-actions.ts';
import { machinesChanged, type StartPxe, startPxeService } from '../../node/bare-metal/pxe-service.ts';
import { layoutOf } from '../../node/zstack/layout.ts';
import { systemdService } from '../../system/service.ts';
import { systemctl } from '../../system/systemctl.ts';

const UNIT = 'zs-pxe.service';

/** Bare machines that a management node switches and installs. */
export function bareMetalOf({ dataDir, data }: Places): Feature {
  const parts = {
    places: { ...layoutOf(dataDir).pxe, port: PORTS.pxe },
    machines: join(data, 'machines'),
    provisioned: join(data, 'provisioned'),
    service: {
      ...systemdService(UNIT),
      reload: () => systemctl(['reload', UNIT]),
      asking: () => readAsking(UNIT),
    },
  };
  const { machines, provisioned, places } = parts;
  const changed = () => machinesChanged(parts);
  return together([
    feature<KeepMachine, KeptMachine>({
      actions: [...machineActions(parts, places.state), ...installActions(parts)],
      executors: { 'bareMetal.keepMachine': keepMachine(machines, changed) },
    }),
    feature<KeepProvisioned, KeptProvisioned>({
      actions: provisionActions(parts),
      executors: { 'bareMetal.keepProvisioned': keepProvisioned(provisioned, changed) },
    }),
    feature<StartPxe>({
      actions: pxeActions(parts),
      executors: { 'bareMetal.startPxe': startPxeService(parts) },
    }),
  ]);
}
