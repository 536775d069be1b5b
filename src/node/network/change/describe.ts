import { difference, settingsOf } from './plan/difference.ts';
import { settingsText } from './plan/make.ts';
import type { NetworkState } from './schema/state.ts';

/** A line for each link that differs: `- em01: ...`, `+ bond0: ...`. */
export function describeDifference(before: NetworkState, after: NetworkState): string[] {
  const { added, removed, changed } = difference(before, after);
  const line = (sign: string, link: Parameters<typeof settingsOf>[0]) =>
    `${sign} ${link.name}: ${settingsText(settingsOf(link)).en}`;
  const [was, will] = [managementOf(before), managementOf(after)];
  const management = was === will ? [] : [`- management: ${was}`, `+ management: ${will}`];
  return [
    ...removed.map((link) => line('-', link)),
    ...changed.flatMap((pair) => [line('-', pair.was), line('+', pair.will)]),
    ...added.map((link) => line('+', link)),
    ...management,
  ];
}

/** What follows the default route is no setting. */
const managementOf = (state: NetworkState): string =>
  (state.managementSet === true ? state.management : undefined) ?? 'by default route';
