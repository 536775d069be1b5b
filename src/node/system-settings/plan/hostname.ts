import type { Plan } from '../../../api/plan.ts';
import { say } from '../../../api/words.ts';
import {
  ALREADY,
  type Around,
  type Before,
  type BrokerFollows,
  type BrokerReturns,
  isSame,
  type SystemStep,
  set,
} from './steps.ts';

export function hostnamePlan(
  name: string,
  before: Before,
  { broker, resolves, address }: Around,
): Plan<SystemStep> {
  const title = say(`set the hostname to ${name}`, `将主机名设为 ${name}`);
  const old = before.hostname ?? '';
  if (old === name) return { title, steps: [], warnings: [ALREADY] };
  const line = set('hosts', before.hosts ?? '', `${address} ${name}`);
  return {
    title,
    steps: [
      ...(broker ? [BROKER_RETURNS] : []),
      ...(resolves || isSame(line.before, line.after) ? [] : [line]),
      set('hostname', old, name),
      ...(broker ? [BROKER_FOLLOWS] : []),
    ],
    warnings: [
      ...(resolves
        ? []
        : [say(`${name} does not resolve yet: /etc/hosts gets it`, `${name} 尚无法解析：将写入 /etc/hosts`)]),
      ...(broker ? [BROKER_COST] : []),
      say(
        'two hosts must not have one name; other nodes and DNS have to be told',
        '主机名不可重复；请同时更新其他节点与 DNS',
      ),
    ],
  };
}

const BROKER_RETURNS: BrokerReturns = {
  type: 'system.brokerReturns',
  words: say('noting how the message queue goes back', '记录消息队列的回退方式'),
};
const BROKER_FOLLOWS: BrokerFollows = {
  type: 'system.brokerFollows',
  words: say(
    'restarting the message queue under the new name, making its user anew, restarting the service',
    '以新名称重启消息队列、重建用户并重启服务',
  ),
};
const BROKER_COST = say(
  'the message queue begins empty under the new name; it and the management service are away for a while',
  '消息队列在新名称下为空；消息队列与管理服务会暂时不可用',
);
