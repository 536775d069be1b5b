import { implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Executor } from '../../api/plan.ts';
import type { Reading } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { setInNodeIni, settingIn } from '../../system/node-ini.ts';
import type { Vm } from '../facts/schema.ts';
import { UNIT_CONTROL, type UnitControl } from '../system-settings/units.ts';
import { type LeaveCluster, leavePlan } from './plan.ts';
import { type NodeReset, resetNode } from './schema.ts';

export interface NodeResetParts {
  /** Folder of node.ini. */
  config: string;
  vms(): Reading<Vm[]>;
  /** Whether it is a host of a cluster, which has to let it go first. Throws when that cannot be told. */
  isJoined(): Promise<boolean>;
  units?: UnitControl;
}

const SETTING = 'management_node';
const LIBVIRT = ['virtqemud.service', 'libvirtd.service'];

/** What makes a node of a cluster a clean one again. */
export const nodeResetFeature = (parts: NodeResetParts): Feature =>
  feature<LeaveCluster>({
    actions: [
      implement(resetNode, async (_input, { carryOut }): Promise<NodeReset> => {
        await checkNoVms(parts);
        if (await parts.isJoined()) throw stillJoined();
        const left = await settingIn(parts.config, SETTING);
        if (left === undefined) return {};
        await carryOut(leavePlan(left));
        return { left };
      }),
    ],
    executors: { 'reset.leave': leaveCluster(parts.config) },
  });

/** Throws `conflict` while VMs are here, running or not, and when nobody can tell. */
async function checkNoVms({ vms, units = UNIT_CONTROL }: NodeResetParts): Promise<void> {
  const reading = vms();
  if (reading.state === 'known') {
    if (reading.value.length > 0) throw vmsHere(reading.value);
    return;
  }
  // Without a hypervisor there is nothing that a VM could be in.
  const hypervisor = await units.installed(LIBVIRT).catch(() => 'not known');
  if (hypervisor === undefined) return;
  throw new Fault(
    'conflict',
    say(
      `nobody can tell whether VMs are here: ${reading.why.en}`,
      `无法确认本机是否有云主机：${reading.why.zh}`,
    ),
    { next: say('start libvirt first: Start/Stop/Restart', '请先启动 libvirt：启动/停止/重启') },
  );
}

const stillJoined = (): Fault =>
  new Fault('conflict', say('this node is a host of a cluster', '本节点是集群中的主机'), {
    next: say('leave it first: Join Cluster, or zstack-ctl leave', '请先退出：加入集群，或 zstack-ctl leave'),
  });

const MOST_NAMED = 5;

function vmsHere(vms: readonly Vm[]): Fault {
  const names = vms.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = vms.length > MOST_NAMED ? ' ...' : '';
  const list = `${names.join(', ')}${more}`;
  return new Fault(
    'conflict',
    say(`VMs are here: ${vms.length} (${list})`, `本机有 ${vms.length} 台云主机（${list}）`),
    { next: say('migrate or delete them first', '请先迁移或删除') },
  );
}

const leaveCluster = (config: string): Executor<LeaveCluster> => ({
  apply: () => setInNodeIni(config, SETTING),
  async undo({ managementNode }) {
    if ((await settingIn(config, SETTING)) !== managementNode)
      await setInNodeIni(config, SETTING, managementNode);
  },
  settle: async () => ((await settingIn(config, SETTING)) === undefined ? 'done' : 'not done'),
});
