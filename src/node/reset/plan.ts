import type { Plan, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import type { KeepSettings, RenewBrokerUser } from '../change-settings/plan.ts';

export type DatabaseEngine = 'MySQL' | 'embedded';

/** `id` is in the names of what is made. */
interface OfReset extends Step {
  readonly id: string;
}

export interface StopForReset extends Step {
  readonly type: 'reset.stopService';
}

export interface DumpForReset extends OfReset {
  readonly type: 'reset.dump';
  readonly engine: DatabaseEngine;
  /** Without proof it is a failure: what follows drops what was dumped. */
  readonly mustBeProven: boolean;
}

export interface ResetConfiguration extends Step {
  readonly type: 'reset.configuration';
}

export interface ClearCaches extends Step {
  readonly type: 'reset.clearCaches';
}

export interface EmptyDatabase extends OfReset {
  readonly type: 'reset.emptyDatabase';
  readonly engine: DatabaseEngine;
  readonly databases: readonly string[];
}

export interface StartAfterReset extends Step {
  readonly type: 'reset.startService';
}

export type ResetStep =
  | StopForReset
  | DumpForReset
  | KeepSettings
  | RenewBrokerUser
  | ResetConfiguration
  | ClearCaches
  | EmptyDatabase
  | StartAfterReset;

export interface ResetWanted {
  id: string;
  engine: DatabaseEngine;
  /** Databases that are emptied. */
  drop: readonly string[];
  /** The broker is this machine's. */
  broker: boolean;
}

/** The database is the last thing that changes before the service is started on it. */
export function resetPlan({ id, engine, drop, broker }: ResetWanted): Plan<ResetStep> {
  const dropping = drop.length > 0;
  const steps: ResetStep[] = [
    { type: 'reset.stopService', words: say('stopping the management service', '停止管理服务') },
    {
      type: 'reset.dump',
      id,
      engine,
      mustBeProven: dropping,
      words: say('dumping the database and proving the dump', '备份数据库并验证'),
    },
    {
      type: 'services.keepSettings',
      broker,
      words: say('keeping what is needed to go back', '保存回退所需信息'),
    },
  ];
  if (broker) {
    const words = say('making the user of the message queue anew', '重建消息队列用户');
    steps.push({ type: 'broker.renewUser', words });
  }
  steps.push(
    {
      type: 'reset.configuration',
      words: say('writing the configuration anew', '重写配置'),
    },
    { type: 'reset.clearCaches', words: say('removing what the service kept for itself', '清除服务缓存') },
  );
  if (dropping) {
    const words = say('emptying the database', '清空数据库');
    steps.push({ type: 'reset.emptyDatabase', id, engine, databases: drop, words });
  }
  steps.push({
    type: 'reset.startService',
    words: say('starting the management service', '启动管理服务'),
  });
  const title = dropping
    ? say('reset the service and drop the database', '重置服务并清空数据库')
    : say('reset the service', '重置服务');
  return { title, steps, warnings: [] };
}

/** Takes the management node's address out of node.ini. */
export interface LeaveCluster extends Step {
  readonly type: 'reset.leave';
  readonly managementNode: string;
}

export const leavePlan = (managementNode: string): Plan<LeaveCluster> => ({
  title: say(`leave the cluster of ${managementNode}`, `退出 ${managementNode} 的集群`),
  steps: [
    {
      type: 'reset.leave',
      managementNode,
      words: say('forgetting the management node', '移除管理节点设置'),
    },
  ],
  warnings: [],
});
