import type { Plan } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import type { Ssh } from '../schema.ts';
import { one, type SystemStep, set } from './steps.ts';

export function sshPlan(on: boolean, before: Ssh | undefined): Plan<SystemStep> {
  const title = on ? say('turn SSH on', '启用 SSH') : say('turn SSH off', '停用 SSH');
  const was = { on: before?.on ?? false, boots: before?.boots ?? false };
  return one(title, set('ssh', was, { on, boots: on }), on ? [] : sshCost(before));
}

function sshCost(before: Ssh | undefined): Words[] {
  const { sessions = [], sessionsStay = false } = before ?? {};
  const from = sessions.join(', ');
  return [
    say(
      'nobody can log in over the network any more: only this screen, the serial line and the machine’s own remote console are left',
      '将无法再通过网络登录：只剩本屏幕、串口和服务器远程控制台',
    ),
    say(
      'the management node cannot collect logs here, nor repair this node, when the controller does not answer',
      '控制器无应答时，管理节点将无法收集日志或修复本节点',
    ),
    ...(sessions.length === 0
      ? []
      : sessionsStay
        ? [
            say(
              `who is in stays until he leaves: ${sessions.length} (${from})`,
              `已登录的 ${sessions.length} 个会话保持到其退出（${from}）`,
            ),
          ]
        : [
            say(
              `ENDS ${sessions.length} sessions now: ${from}`,
              `将立即断开 ${sessions.length} 个会话：${from}`,
            ),
          ]),
  ];
}
