import { byName } from '../../../src/api/by-name.ts';
import { latestOf } from '../../../src/api/reading.ts';
import { say } from '../../../src/api/words.ts';
import type { Nic } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fitLine, type Line, lineWidth, type Span, span } from '../../../src/tui/text.ts';
import { linkSpeed } from '../../format.ts';
import { type Block, fill, type Room, type Row } from '../block.ts';
import { figure } from '../figures.ts';
import type { NodeModel } from '../model.ts';

const NAME_COLUMNS = 15;
const STATE_COLUMNS = 5;
const ABOUT_COLUMNS = 14;
/** From this width on MAC and MTU are shown as well. */
const ROOMY = 76;
const HARDWARE_COLUMNS = 28;

/** NIC INFO: every NIC but the loopback, physical and logical; `MN` marks the management one. */
export const nicBlock: Block = {
  title: say('NIC', '网卡'),
  least: (model) => Math.min(3, shown(model).length || 1),
  most: (model) => shown(model).length || 1,
  wraps: true,
  draw(model, room, look) {
    const reading = model.facts.nics;
    if (reading === undefined || reading.state === 'unknown') return [figure(reading, look, () => '')];
    const nics = shown(model);
    if (nics.length === 0) return [[span(look.say(say('no NIC', '没有网卡')), 'warn')]];
    return fill(
      nics.map((nic) => nicRow(nic, room, look)),
      room,
    );
  },
};

const RANK: Record<Nic['kind'], number> = {
  bond: 1,
  physical: 2,
  vlan: 3,
  bridge: 4,
  vxlan: 5,
  virtual: 6,
  loopback: 7,
};

/** The management NIC first, then those in trouble, then by kind and name: what does not fit matters least. */
function shown(model: NodeModel): Nic[] {
  const nics = (model.facts.nics && latestOf(model.facts.nics)) ?? [];
  const rank = (nic: Nic) => (nic.management ? 0 : nic.trouble !== undefined ? 0.5 : RANK[nic.kind]);
  return nics
    .filter((nic) => nic.kind !== 'loopback')
    .sort((a, b) => rank(a) - rank(b) || byName(a.name, b.name));
}

function nicRow(nic: Nic, room: Room, look: Look): Row {
  const name = room.columns < 60 ? NAME_COLUMNS - 3 : NAME_COLUMNS;
  const row: Line = [
    ...fitLine([span(nic.name)], name),
    span(' '),
    ...fitLine([span(nic.up ? 'UP' : 'DOWN', nic.up ? 'good' : 'dim')], STATE_COLUMNS),
    ...(nic.trouble === undefined ? usual(nic, look) : [span(`! ${look.say(nic.trouble)}`, 'warn')]),
  ];
  const hang = name + 1 + STATE_COLUMNS + (nic.trouble === undefined ? ABOUT_COLUMNS : 2);
  if (room.columns < ROOMY) return { line: row, hang };
  const before = Math.max(room.columns - HARDWARE_COLUMNS, lineWidth(row));
  return { line: [...fitLine(row, before), span(` ${nic.mac} mtu ${nic.mtu}`, 'dim')], hang };
}

const usual = (nic: Nic, look: Look): Span[] => [
  ...fitLine(about(nic, look), ABOUT_COLUMNS),
  ...(nic.management ? [span('MN ', 'key')] : []),
  ...detail(nic),
];

function about(nic: Nic, look: Look): Span[] {
  if (nic.bond !== undefined) {
    const short = nic.bond.portsUp < nic.bond.portsTotal;
    return [
      span(
        `${nic.bond.mode} ${nic.bond.portsUp}/${nic.bond.portsTotal}${short ? '!' : ''}`,
        short ? 'warn' : 'plain',
      ),
    ];
  }
  if (nic.vlan !== undefined) return [span(`VLAN ${nic.vlan.id}`)];
  if (nic.kind === 'bridge')
    return [span(look.say(say(`bridge ${nic.ports.length}`, `网桥 ${nic.ports.length}`)))];
  if (nic.speed !== undefined) return [span(linkSpeed(nic.speed))];
  if (nic.adminUp && !nic.carrier) return [span(look.say(say('no carrier', '无载波')), 'dim')];
  if (nic.kind === 'virtual') return [span(look.say(say('virtual', '虚拟')), 'dim')];
  return [span(nic.kind === 'physical' ? '' : nic.kind, 'dim')];
}

function detail(nic: Nic): Span[] {
  const addresses = nic.addresses.join(' ');
  if (nic.master !== undefined && addresses === '') return [span(`> ${nic.master}`, 'dim')];
  return [span(addresses)];
}
