import { say, type Words } from '../../../../api/words.ts';
import { type BondMode, switchSide } from '../schema/bond.ts';
import { isKernelName } from '../schema/names.ts';
import { isAddressed, type Link, linkOf, type NetworkState, portsOf } from '../schema/state.ts';
import { allAddresses, type Difference, difference } from './difference.ts';
import { gatewaysOutside } from './gateways.ts';
import { losses } from './losses.ts';
import { mayHoldDefaultRoute, pinWarning } from './pin.ts';
import { sourceWarnings } from './starters.ts';

/** What the person should know before saying Y. */
export function warningsFor(current: NetworkState, wanted: NetworkState): Words[] {
  const found = difference(current, wanted);
  return [
    ...managementTouched(current, wanted, found),
    ...routeLost(current, wanted),
    ...secondRoute(current, wanted),
    ...losses(found),
    ...pinWarning(current, wanted),
    ...gatewaysOutside(found),
    ...touchedBonds(found).flatMap((bond) => bondWarnings(wanted, bond)),
    ...lateSwitch(found),
    ...found.added.flatMap(vlanReminder),
    ...renameWarnings(found),
    ...sourceWarnings(found),
  ];
}

function managementTouched(current: NetworkState, wanted: NetworkState, found: Difference): Words[] {
  const before = current.management;
  const after = wanted.management === undefined ? undefined : linkOf(wanted, wanted.management);
  if (before === undefined || after === undefined) return [];
  const names = new Set([after.name, before, after.vlan?.parent]);
  const touched = [...found.added, ...found.removed, ...found.changed.map(({ will }) => will)];
  if (!touched.some((link) => names.has(link.name))) return [];
  const where = allAddresses(after)[0]?.replace(/\/.*/, '') ?? after.addresses[0]?.replace(/\/.*/, '');
  return [
    say(
      `The management address is touched${where === undefined ? '' : `: over SSH, come back at ${where} and confirm`}. Without confirmation it is taken back by itself.`,
      `涉及管理地址${where === undefined ? '' : `：通过 SSH 时请用 ${where} 重新登录并确认`}。未确认则自动还原。`,
    ),
  ];
}

const hasRoute = (link: Link, key: 'ipv4' | 'ipv6') => link[key].gateway !== undefined;

function routeLost(current: NetworkState, wanted: NetworkState): Words[] {
  return (['ipv4', 'ipv6'] as const).flatMap((key) => {
    const before = current.links.find((link) => hasRoute(link, key));
    const stays = wanted.links.some(
      (link) => hasRoute(link, key) || (key === 'ipv4' && link.ipv4.method === 'auto'),
    );
    if (before === undefined || stays) return [];
    const family = key === 'ipv4' ? 'IPv4' : 'IPv6';
    const way = before[key].gateway;
    return [
      say(
        `The ${family} default route via ${way} on ${before.name} is lost: other networks cannot be reached.`,
        `将失去 ${before.name} 上经 ${way} 的 ${family} 默认路由：无法访问其他网络。`,
      ),
    ];
  });
}

/** Two default routes of one family: the one with the lower metric carries everything. */
function secondRoute(current: NetworkState, wanted: NetworkState): Words[] {
  return (['ipv4', 'ipv6'] as const).flatMap((key) => {
    const holders = wanted.links.filter((link) => mayHoldDefaultRoute(link, key));
    const before = current.links.filter((link) => mayHoldDefaultRoute(link, key));
    if (holders.length < 2 || holders.length <= before.length) return [];
    const names = holders.map((link) => link.name);
    const family = key === 'ipv4' ? 'IPv4' : 'IPv6';
    return [
      say(
        `${names.join(' and ')} would each have an ${family} default route: only one of them is used.`,
        `${names.join('、')} 将各有一条 ${family} 默认路由：只有一条生效。`,
      ),
    ];
  });
}

function touchedBonds(found: Difference): Link[] {
  const changed = found.changed
    .filter(({ was, will }) => was.bond?.mode !== will.bond?.mode)
    .map(({ will }) => will);
  return [...found.added, ...changed].filter((link) => link.kind === 'bond');
}

function bondWarnings(state: NetworkState, bond: Link): Words[] {
  const ports = portsOf(state, bond.name);
  return [
    switchSide((bond.bond?.mode ?? 'active-backup') as BondMode),
    ...ports
      .filter((port) => !port.carrier)
      .map((port) => say(`${port.name} has no carrier.`, `${port.name} 没有载波。`)),
    ...disagreement(bond, ports),
  ];
}

/** The kernel changes over to another primary port at once only when it is told to prefer it always. */
const lateSwitch = ({ changed }: Difference): Words[] =>
  changed.flatMap(({ was, will }) => {
    const { primary, primary_reselect: when = 'always' } = will.bond?.options ?? {};
    if (primary === undefined || primary === was.bond?.options.primary || ['always', '0'].includes(when))
      return [];
    return [
      say(
        `${will.name} changes over to ${primary} at a failure only (primary_reselect=${when}).`,
        `${will.name} 仅在故障时切换到 ${primary}（primary_reselect=${when}）。`,
      ),
    ];
  });

function disagreement(bond: Link, ports: Link[]): Words[] {
  const speeds = new Set(ports.map((port) => port.speed).filter((speed) => speed !== undefined));
  const switches = new Set(ports.map((port) => port.neighbour?.system).filter((name) => name !== undefined));
  const mixed = ports.map((port) => `${port.name} ${port.speed ?? '?'}`).join(', ');
  return [
    ...(speeds.size > 1
      ? [
          say(
            `The members of ${bond.name} differ in speed: ${mixed} Mb/s.`,
            `${bond.name} 的成员速率不同：${mixed} Mb/s。`,
          ),
        ]
      : []),
    ...(switches.size > 1 && bond.bond?.mode === '802.3ad'
      ? [
          say(
            `The members of ${bond.name} are cabled to different switches (${[...switches].join(', ')}): LACP works only if those act as one.`,
            `${bond.name} 的成员接在不同交换机（${[...switches].join('、')}）：只有它们堆叠为一体时 LACP 才可用。`,
          ),
        ]
      : []),
  ];
}

const vlanReminder = (link: Link): Words[] =>
  link.vlan === undefined
    ? []
    : [
        say(
          `Switch: the port of ${link.vlan.parent} has to carry VLAN ${link.vlan.id} tagged (trunk).`,
          `交换机：${link.vlan.parent} 所接端口必须以 tagged 方式放行 VLAN ${link.vlan.id}（trunk）。`,
        ),
      ];

const renameWarnings = (found: Difference): Words[] =>
  found.changed
    .filter(({ was, will }) => was.kind === 'physical' && was.name !== will.name)
    .flatMap(({ was, will }) => [
      ...(isAddressed(was) || was.controller !== undefined
        ? [
            say(
              `${was.name} is in use: its traffic stops for a moment.`,
              `${was.name} 正在使用：流量会短暂中断。`,
            ),
          ]
        : []),
      ...(isKernelName(will.name)
        ? [
            say(
              `The kernel hands out names like ${will.name} itself, perhaps to another NIC at the next boot; em01 would be safe.`,
              `${will.name} 这类名称由内核分配，下次启动可能给别的网卡；em01 这类名称更安全。`,
            ),
          ]
        : []),
      INITRAMFS,
    ]);

/** A NIC that got its name there does not get another one later. */
const INITRAMFS = say(
  'An initramfs that names NICs keeps the old name: rebuild it before the next boot (dracut -f; Debian: update-initramfs -u).',
  '若 initramfs 会命名网卡，则会沿用旧名称：请在下次启动前重建（dracut -f；Debian：update-initramfs -u）。',
);
