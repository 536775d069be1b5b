import { latestOf } from '../../src/api/reading.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import { type Link, type NetworkState, portsOf } from '../../src/node/network/change/schema/state.ts';
import type { Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import { linkSpeed } from '../format.ts';
import type { NodeModel } from '../main/model.ts';

/** What a row of the list of links is drawn from. */
export interface Shown {
  link: Link;
  state: NetworkState;
  /** The driver is among the facts. */
  model: NodeModel;
}

interface Column {
  title: Words;
  /** The last column takes what is left. */
  width: number;
  text(shown: Shown): Words;
}

/** From this width on there is room for what is on the card and what it is cabled to. */
const WIDE = 130;

const NAME: Column = {
  title: say('Name', '名称'),
  width: 20,
  text: ({ link: { name }, state }) => same(name === state.management ? `${name} (MN)` : name),
};
const STATE: Column = {
  title: say('State', '状态'),
  width: 13,
  text: ({ link }) => {
    if (!link.managed) return say('not managed', '不受管理');
    if (!link.present) return say('not there', '不存在');
    if (link.carrier) return same('UP');
    return link.up === true ? say('no carrier', '无载波') : same('DOWN');
  },
};
const SPEED: Column = {
  title: say('Speed', '速率'),
  width: 8,
  text: ({ link: { speed } }) => same(speed === undefined ? '' : linkSpeed(speed)),
};
const MAC: Column = {
  title: same('MAC'),
  width: 19,
  text: ({ link }) => same(link.mac ?? link.currentMac ?? ''),
};
const MTU: Column = {
  title: same('MTU'),
  width: 7,
  text: ({ link }) => same(String(link.currentMtu ?? link.mtu ?? '')),
};
const DRIVER: Column = {
  title: say('Driver', '驱动'),
  width: 14,
  text: ({ link: { name }, model }) => {
    const nics = (model.facts.nics && latestOf(model.facts.nics)) ?? [];
    return same(nics.find((nic) => nic.name === name)?.driver ?? '');
  },
};
const NEIGHBOUR: Column = {
  title: say('Neighbour (LLDP)', '邻居 (LLDP)'),
  width: 30,
  text: ({ link }) => same(neighbourText(link)),
};
const ADDRESSES: Column = {
  title: say('Address, members', '地址、成员'),
  width: Number.POSITIVE_INFINITY,
  text: (shown) => detailWords(shown, []),
};
/** Where the neighbour has no column of its own. */
const DETAILS: Column = {
  ...ADDRESSES,
  text: (shown) => detailWords(shown, shown.link.neighbour === undefined ? [] : [neighbourText(shown.link)]),
};

const NARROW_COLUMNS = [NAME, STATE, SPEED, DETAILS];
const WIDE_COLUMNS = [NAME, STATE, SPEED, MAC, MTU, DRIVER, NEIGHBOUR, ADDRESSES];

const columnsFor = (columns: number) => (columns < WIDE ? NARROW_COLUMNS : WIDE_COLUMNS);

const neighbourText = ({ neighbour }: Link): string =>
  neighbour === undefined ? '' : `${neighbour.system} ${neighbour.port}`;

function detailWords({ link, state }: Shown, more: readonly string[]): Words {
  if (link.controller !== undefined) {
    const end = more.map((text) => `  ${text}`).join('');
    return say(`port of ${link.controller}${end}`, `${link.controller} 的端口${end}`);
  }
  const parts = [
    ...(link.bond === undefined ? [] : [bondText(link, state)]),
    ...(link.vlan === undefined ? [] : [`VLAN ${link.vlan.id}`]),
    ...link.addresses,
    ...more,
  ];
  return same(parts.join('  '));
}

/** Ports with carrier of all of them; the active one stands in brackets: `active-backup 2/2 [em01]`. */
function bondText({ name, bond, activePort }: Link, state: NetworkState): string {
  const ports = portsOf(state, name);
  const up = ports.filter(({ carrier }) => carrier).length;
  const active = activePort === undefined ? '' : ` [${activePort}]`;
  return `${bond?.mode} ${up}/${ports.length}${active}`;
}

/** The last column is as wide as the list, which cuts it. The others are parted by a blank, however full they are. */
const cell = (text: string, width: number): Line =>
  width === Number.POSITIVE_INFINITY ? [span(text)] : [...fitLine([span(text)], width - 1), span(' ')];

export const headerRow = (look: Look, columns: number): Line =>
  columnsFor(columns).flatMap(({ title, width }) => cell(look.say(title), width));

export const linkRow = (shown: Shown, look: Look, columns: number): Line =>
  columnsFor(columns).flatMap(({ text, width }) => cell(look.say(text(shown)), width));
