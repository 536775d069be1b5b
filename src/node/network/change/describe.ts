import { difference, settingsOf } from './plan/difference.ts';
import { ofCable } from './plan/inventory.ts';
import { settingsText } from './plan/make.ts';
import type { Link, NetworkState } from './schema/state.ts';

/** A line for each link that differs: `- em01: ...`, `+ bond0: ...`. */
export function describeDifference(before: NetworkState, after: NetworkState): string[] {
  const { added, removed, changed } = difference(before, after);
  const line = (sign: string, link: Link, other?: Link) =>
    `${sign} ${[`${link.name}: ${settingsText(settingsOf(link)).en}`, ...ownOfCable(link, other)].join(', ')}`;
  const [was, will] = [managementOf(before), managementOf(after)];
  const management = was === will ? [] : [`- management: ${was}`, `+ management: ${will}`];
  return [
    ...removed.map((link) => line('-', link)),
    ...changed.flatMap(({ was, will }) => [line('-', was, will), line('+', will, was)]),
    ...added.map((link) => line('+', link)),
    ...management,
  ];
}

/** What one profile says about its link otherwise than the other. */
function ownOfCable(link: Link, other: Link | undefined): string[] {
  const theirs = new Set(other === undefined ? [] : ofCable(other).map(({ en }) => en));
  return other === undefined ? [] : ofCable(link).flatMap(({ en }) => (theirs.has(en) ? [] : [en]));
}

/** What follows the default route is no setting. */
const managementOf = (state: NetworkState): string =>
  (state.managementSet === true ? state.management : undefined) ?? 'by default route';
