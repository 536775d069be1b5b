import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Fault } from '../../../../api/fault.ts';
import { say, type Words } from '../../../../api/words.ts';
import { type LinkRecord, readLinks } from '../../../../system/iproute.ts';
import { nextId } from '../kept.ts';
import type { NetworkPlaces } from '../places.ts';
import { addressed, newLink } from '../plan/edit.ts';
import { gatewaysOutside } from '../plan/gateways.ts';
import { settingsText } from '../plan/make.ts';
import { shortened, vlanName } from '../schema/names.ts';
import { type Family, type LinkSettings, OFF } from '../schema/state.ts';
import { type Aside, asideNow } from './aside.ts';
import { bondOfKernel } from './bond.ts';
import { mustBeManageable } from './manageable.ts';
import { standingOn } from './standing.ts';
import type { ResetInput, ResetPlan, ResetStep } from './step.ts';

/** Links of the kernel's own making: the reset removes some of them, and none leads out of the machine by itself. */
const VIRTUAL = new Set(['vlan', 'bridge', 'team', 'tun', 'macvlan', 'macvtap', 'vxlan']);

/**
 * What the reset will do. Needs nothing but the kernel: where NetworkManager answers, what it may not manage is known.
 * @throws Fault `notFound` when there is no such NIC, `usage` when it is a link that stands on others, `conflict` when
 * a setting keeps NetworkManager from it; each with the field `nic`.
 */
export async function planReset(places: NetworkPlaces, input: ResetInput): Promise<ResetPlan> {
  const records = await readLinks();
  const base = mustBeNic(records, input.nic);
  const ports = records.filter(({ master }) => isBond(base) && master === base.ifname);
  const later = await mustBeManageable(isBond(base) ? ports : [base]);
  const [aside, settings, id] = await Promise.all([asideNow(), linksFor(input, base, ports), nextId(places)]);
  const links = settings.map((link) => ({ ...link, uuid: randomUUID() }));
  const [top] = links.slice(-1);
  const text = top === undefined ? say('', '') : settingsText(top);
  const step: ResetStep = {
    type: 'network.reset',
    id,
    nic: input.nic,
    links,
    ...(input.method === 'static' && input.address !== undefined ? { address: input.address } : {}),
    copy: join(dirname(places.kept), `before-reset-${id}`),
    restarts: aside.restarts,
    words: say(
      `Set every connection aside and give ${top?.name} the only one: ${text.en}`,
      `移走所有连接配置，只保留 ${top?.name} 的一个：${text.zh}`,
    ),
  };
  const title = say(`Emergency reset to ${top?.name}`, `紧急重置为 ${top?.name}`);
  return {
    title,
    steps: [step],
    warnings: [...warningsFor(input, records, aside), ...outside(links), ...later],
  };
}

const isBond = ({ linkinfo }: LinkRecord): boolean => linkinfo?.info_kind === 'bond';

function mustBeNic(links: readonly LinkRecord[], nic: string): LinkRecord {
  const link = links.find(({ ifname, link_type }) => ifname === nic && link_type === 'ether');
  if (link === undefined)
    throw new Fault('notFound', say(`there is no NIC "${nic}"`, `没有网卡“${nic}”`), { field: 'nic' });
  const kind = link.linkinfo?.info_kind ?? '';
  if (VIRTUAL.has(kind))
    throw new Fault(
      'usage',
      say(`"${nic}" is a ${kind}: give a NIC or a bond`, `“${nic}”是 ${kind}：请指定网卡或链路聚合`),
      { field: 'nic' },
    );
  if (isBond(link) && !links.some(({ master }) => master === nic))
    throw new Fault(
      'usage',
      say(`the bond "${nic}" has no port: give a NIC`, `聚合“${nic}”没有成员：请指定网卡`),
      { field: 'nic' },
    );
  return link;
}

/** From the bottom up. */
async function linksFor(
  input: ResetInput,
  base: LinkRecord,
  ports: readonly LinkRecord[],
): Promise<LinkSettings[]> {
  const families = familiesOf(input);
  const own = input.vlan === undefined ? families : { ipv4: OFF, ipv6: OFF };
  const lower: LinkSettings[] = isBond(base)
    ? [
        { name: base.ifname, kind: 'bond', bond: await bondOfKernel(base.ifname), ...own },
        ...ports.map(
          ({ ifname }): LinkSettings => ({
            name: ifname,
            kind: 'physical',
            controller: base.ifname,
            ipv4: OFF,
            ipv6: OFF,
          }),
        ),
      ]
    : [{ name: base.ifname, kind: 'physical', ...own }];
  if (input.vlan === undefined) return isBond(base) ? [...lower.slice(1), ...lower.slice(0, 1)] : lower;
  const name = shortened(vlanName(base.ifname, input.vlan));
  return [...lower, { name, kind: 'vlan', vlan: { parent: base.ifname, id: input.vlan }, ...families }];
}

function familiesOf(input: ResetInput): Record<'ipv4' | 'ipv6', Family> {
  if (input.method === 'dhcp') {
    const auto = { ...OFF, method: 'auto' as const };
    const of = (version: 4 | 6) => ({
      ...auto,
      dns: (input.dns ?? []).filter((server) => server.includes(':') === (version === 6)),
    });
    return { ipv4: of(4), ipv6: of(6) };
  }
  return { ipv4: OFF, ipv6: OFF, ...addressed(input, { ipv4: OFF, ipv6: OFF }) };
}

const outside = (links: readonly LinkSettings[]): Words[] =>
  gatewaysOutside({
    added: links.map((link) => ({ ...newLink(link.name, link.kind), ...link })),
    removed: [],
    changed: [],
  });

function warningsFor(input: ResetInput, records: readonly LinkRecord[], aside: Aside): Words[] {
  const gone = records
    .filter(
      ({ linkinfo, ifname }) =>
        ['bond', 'vlan', 'bridge'].includes(linkinfo?.info_kind ?? '') && ifname !== input.nic,
    )
    .map(({ ifname }) => ifname);
  const others = standingOn(records, input.nic).map(({ ifname }) => ifname);
  const names = [...new Set([...gone, ...others])].join(', ');
  return [
    ...(names === ''
      ? []
      : [
          say(
            `Bonds, VLANs and bridges of NetworkManager's, and all that stands on ${input.nic}, go (${names}); what other programs made elsewhere stays. VMs may lose their networks.`,
            `NetworkManager 的聚合、VLAN、网桥以及 ${input.nic} 之上的一切都将移除（${names}）；其他程序在别处建立的保留。云主机可能失去网络。`,
          ),
        ]),
    ...aside.words,
    ...(input.vlan === undefined
      ? []
      : [
          say(
            `Switch: the port of ${input.nic} has to carry VLAN ${input.vlan} tagged (trunk).`,
            `交换机：${input.nic} 所接端口必须以 tagged 方式放行 VLAN ${input.vlan}（trunk）。`,
          ),
        ]),
  ];
}
