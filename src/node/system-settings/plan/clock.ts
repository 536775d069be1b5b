import type { Plan } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import { type Before, one, type SetSetting, type SystemStep, set } from './steps.ts';

/** An NTP client that is in step is refused before; one that is not goes, or it would hold the clock or set it back. */
export function clockPlan(time: string, { clock, client = '' }: Before, by: number): Plan<SystemStep> {
  const was = clock ?? { boot: '', since: 0 };
  const after = { ...was, since: was.since + by };
  const plan = one(
    say(`set the clock to ${time}`, `将时钟设为 ${time}`),
    { type: 'system.set', setting: 'clock', before: was, after, words: clockWords(by) },
    [
      ...(by > 0
        ? []
        : [
            say(
              'the clock goes back: logs and history have these times twice',
              '时钟拨慢：日志与历史会出现重复的时间',
            ),
          ]),
      say(
        'other nodes are not set: certificates and the cluster need the same time everywhere',
        '其他节点不受影响：证书与集群要求各节点时间一致',
      ),
      ...(client === '' ? [] : [clientGoes(client)]),
    ],
  );
  if (client === '' || plan.steps.length === 0) return plan;
  return { ...plan, steps: [set('client', client, ''), ...plan.steps] };
}

function clientGoes(unit: string): Words {
  const name = unit.replace('.service', '');
  return say(
    `${name} is not in step with any server: it is turned off, until NTP servers are set`,
    `${name} 未与任何服务器同步：将停用，直到设置 NTP 服务器`,
  );
}

/** How far the clock goes to the time that was asked for is another figure each second: what counts is that time. */
export const comparedSetting = (step: SetSetting): object =>
  step.setting === 'clock' ? { setting: step.setting } : step;

function clockWords(by: number): Words {
  const span = spanWords(Math.abs(by));
  return by > 0
    ? say(
        `setting the clock ${span.en} forward and asking the kernel for it`,
        `将时钟拨快 ${span.zh} 并向内核核实`,
      )
    : say(
        `setting the clock ${span.en} back and asking the kernel for it`,
        `将时钟拨慢 ${span.zh} 并向内核核实`,
      );
}

function spanWords(seconds: number): Words {
  const days = Math.floor(seconds / 86_400);
  const rest = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days === 0 ? say(rest, rest) : say(`${days} d ${rest}`, `${days} 天 ${rest}`);
}
