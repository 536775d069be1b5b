import type { Plan } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import type { LogServer, Ntp, RemoteLog, SystemChange } from '../schema.ts';
import { type Around, type Before, one, type SystemStep, set } from './steps.ts';

export function ntpPlan(
  servers: readonly string[],
  { ntp: before, client }: Before,
  { unresolved }: Around,
): Plan<SystemStep> {
  const list = servers.join(' ');
  const title =
    servers.length === 0
      ? say('use the NTP servers that the system came with', '使用系统自带的 NTP 服务器')
      : say(`set the NTP servers to ${list}`, `将 NTP 服务器设为 ${list}`);
  const plan = one(title, set('ntp', before?.servers ?? [], [...servers]), [
    ...unresolved.map((server) => say(`${server} does not resolve now`, `${server} 当前无法解析`)),
    ...(servers.length === 0 ? [] : stayInForce(before)),
  ]);
  if (client !== '' || before === undefined) return plan;
  const on = set('client', '', before.service);
  return { title, steps: [on, ...plan.steps], warnings: plan.steps.length === 0 ? [] : plan.warnings };
}

/** What chrony.conf itself names steps aside; what other files name, or DHCP, is not ours to change. */
function stayInForce(before: Ntp | undefined): Words[] {
  const elsewhere = (before?.others ?? []).filter(({ file }) => !file.endsWith('/chrony.conf'));
  return elsewhere.map(besides);
}

const besides = ({ server, file }: { server: string; file: string }): Words =>
  say(`stays in force besides: ${server} (${file})`, `另外仍然生效：${server}（${file}）`);

export function remoteLogPlan(
  { server, port, protocol }: Extract<SystemChange, { kind: 'remoteLog' }>,
  before: RemoteLog | undefined,
  { unresolved, silent }: Around,
): Plan<SystemStep> {
  const after: LogServer | null = server === '' ? null : { host: server, port, protocol };
  const place = `${server}, ${protocol.toUpperCase()} ${port}`;
  const title =
    after === null
      ? say('send the log to no other machine', '不再将日志发送到其他机器')
      : say(`send the log to ${place} as well`, `同时将日志发送到 ${place}`);
  const others = (before?.others ?? []).map(besides);
  const step = set('remoteLog', before?.server ?? null, after);
  if (after === null) return one(title, step, others);
  return one(title, step, [
    ...unresolved.map((name) => say(`${name} does not resolve now`, `${name} 当前无法解析`)),
    ...(silent === undefined ? [] : [silent]),
    ...(protocol === 'udp'
      ? [say('over UDP nobody can tell whether a message arrives', '使用 UDP 无法得知消息是否送达')]
      : []),
    say('messages travel readable for whoever is on the way', '消息以明文传输'),
    ...others,
  ]);
}
