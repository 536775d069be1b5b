import { say, type Words } from '../../../../api/words.ts';
import type { Family, Link, LinkSettings, Rest, Route } from '../schema/state.ts';
import { split } from './hand-over.ts';

/** `10.1.0.0/16 via 192.0.2.9 metric 5 table 100 onlink`. */
export const routeText = ({ to, via, metric, rest }: Route): string =>
  [
    to,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...restTexts(rest),
  ].join(' ');

const SWITCH = { '-1': 'default', 0: 'no', 1: 'resolve', 2: 'yes' };

/** Numbers that nmcli has words for (nm-settings-nmcli(5)), by property. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'addr-gen-mode': { 0: 'eui64', 1: 'stable-privacy', 2: 'default-or-eui64', 3: 'default' },
  'ip6-privacy': { '-1': 'default', 0: 'disabled', 1: 'prefer-public-addr', 2: 'prefer-temp-addr' },
  mdns: SWITCH,
  llmnr: SWITCH,
  'dns-over-tls': { ...SWITCH, 1: 'opportunistic' },
  lldp: { '-1': 'default', 0: 'disable', 1: 'enable' },
  metered: { 0: 'unknown', 1: 'yes', 2: 'no', 3: 'guess-yes', 4: 'guess-no' },
};

/** `table 100`, `onlink`, `routing-rules (2)`. */
export const restTexts = (rest: Rest = {}): string[] =>
  Object.entries(rest).map(([name, [, value]]) => {
    const text = NAMES[name]?.[String(value)] ?? valueText(value);
    return text === '' ? name : `${name} ${text}`;
  });

/** Empty for a switch that is on. What has parts is counted. */
function valueText(value: unknown): string {
  if (value === true) return '';
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { $int } = value as { $int?: string };
  return $int ?? `(${Object.keys(value).length})`;
}

const routes = ({ routes: list }: Family): Words[] =>
  list.map(routeText).map((text) => say(`route ${text}`, `路由 ${text}`));

const FAMILIES = ['ipv4', 'ipv6'] as const;
const plain = (text: string): Words => say(text, text);

/** What goes with a link's addresses besides them, their gateway and servers: routes, and properties by their names. */
export const beside = (link: LinkSettings): Words[] => [
  ...FAMILIES.flatMap((key) => [
    ...routes(link[key]),
    ...restTexts(link[key].rest).map((text) => plain(`${key}.${text}`)),
  ]),
  ...sectionTexts(split(link.rest).goes),
];

/** What the profile says about the link itself, which we have no words for. */
export const ofCable = (link: LinkSettings): Words[] => sectionTexts(split(link.rest).stays);

const sectionTexts = (sections: Record<string, Rest>): Words[] =>
  Object.entries(sections).flatMap(([section, rest]) =>
    restTexts(rest).map((text) => plain(`${section}.${text}`)),
  );

/** What a link has that another may hold after it. */
export const belongings = (link: Link): Words[] => [
  ...FAMILIES.flatMap((key) => link[key].addresses.map(plain)),
  ...beside(link),
];
