import type { Plan, Step } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import type { KeepSettings, RenewBrokerUser } from '../change-settings/plan.ts';
import type { Following } from '../network/change/plan/management.ts';

/** Sets one thing of the machine itself. */
export interface SetOwn extends Step {
  readonly type: 'address.set';
  readonly setting: 'hosts' | 'hostname' | 'managementAddress';
  readonly before: string;
  readonly after: string;
}

/** Settings of the service and accounts of its database. */
export interface FollowAddress extends Step {
  readonly type: 'address.follow';
  readonly following: Following;
}

export type AddressStep = SetOwn | FollowAddress | KeepSettings | RenewBrokerUser;

export interface Own {
  before: string;
  after: string;
}

export interface AddressWanted {
  ip: string;
  /** Set for what changes. */
  hosts?: Own;
  hostname?: Own;
  managementAddress?: Own;
  follow?: { following: Following; words: Words };
  /** The broker is this machine's: its user is made anew. */
  broker: boolean;
  warnings: Words[];
}

const OWN: Record<SetOwn['setting'], Words> = {
  hosts: say('writing the address into /etc/hosts', '将地址写入 /etc/hosts'),
  hostname: say('giving this node a name of its own', '为本节点设置主机名'),
  managementAddress: say('writing the management address into node.ini', '将管理地址写入 node.ini'),
};

/** The broker's user comes last: it is proved by logging in at the new address. */
export function addressPlan(wanted: AddressWanted): Plan<AddressStep> {
  const { ip, follow, broker, warnings } = wanted;
  const own = (['hosts', 'hostname', 'managementAddress'] as const).flatMap((setting): SetOwn[] => {
    const values = wanted[setting];
    return values === undefined ? [] : [{ type: 'address.set', setting, ...values, words: OWN[setting] }];
  });
  const following: AddressStep[] =
    follow === undefined
      ? []
      : [{ type: 'address.follow', following: follow.following, words: follow.words }];
  const steps: AddressStep[] = [...own, ...following];
  if (broker && steps.length > 0) {
    const words = say('making the user of the message queue anew', '重建消息队列用户');
    steps.unshift({ type: 'services.keepSettings', broker: true, words: KEEPING });
    steps.push({ type: 'broker.renewUser', words });
  }
  return { title: say(`change the management address to ${ip}`, `将管理地址改为 ${ip}`), steps, warnings };
}

const KEEPING = say('keeping what is needed to go back', '保存回退所需信息');
