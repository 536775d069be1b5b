import type { Plan } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { clockPlan } from './plan/clock.ts';
import { hostnamePlan } from './plan/hostname.ts';
import { ntpPlan, remoteLogPlan } from './plan/servers.ts';
import { sshPlan } from './plan/ssh.ts';
import { type Around, type Before, one, type SystemStep, set } from './plan/steps.ts';
import type { SystemChange } from './schema.ts';

/** Steps of one change; none when all is so already. `before` has what the change is about. */
export function systemPlan(change: SystemChange, before: Before, around: Around): Plan<SystemStep> {
  switch (change.kind) {
    case 'hostname':
      return hostnamePlan(change.hostname, before, around);
    case 'zone':
      return one(
        say(`set the time zone to ${change.zone}`, `将时区设为 ${change.zone}`),
        set('zone', before.zone ?? '', change.zone),
        [say('log lines from now on have the new zone', '此后的日志使用新时区')],
      );
    case 'clock':
      return clockPlan(change.time, before, around.clockBy);
    case 'ntp':
      return ntpPlan(change.servers, before, around);
    case 'keyboard':
      return one(
        say(`set the keyboard to ${change.keyboard}`, `将键盘设为 ${change.keyboard}`),
        set('keyboard', before.keyboard ?? '', change.keyboard),
        [
          say(
            'a password typed on the old layout may be other keys on the new one',
            '按旧布局输入的密码在新布局上按键可能不同',
          ),
          ...(around.keyboardNow
            ? []
            : [say('in force when the machine is started again', '重新启动机器后生效')]),
        ],
      );
    case 'ssh':
      return sshPlan(change.on, before.ssh);
    case 'blanking':
      return one(
        change.minutes === 0
          ? say('never let the screen go dark', '屏幕永不关闭')
          : say(`let the screen go dark after ${change.minutes} min`, `${change.minutes} 分钟后关闭屏幕`),
        set('blanking', before.blanking ?? { now: 0, atStart: null }, {
          now: change.minutes,
          atStart: change.minutes,
        }),
        change.minutes === 0 ? [] : [say('any key brings it back', '按任意键恢复显示')],
      );
    case 'remoteLog':
      return remoteLogPlan(change, before.remoteLog, around);
  }
}
