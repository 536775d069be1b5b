import { difference, settingsOf } from './plan/difference.ts';
import { settingsText } from './plan/make.ts';
import type { NetworkState } from './schema/state.ts';

/** A line for each link that differs: `- em01: ...`, `+ bond0: ...`. */
export function describeDifference(before: NetworkState, after: NetworkState): string[] {
  const { added, removed, changed } = difference(before, after);
  const line = (sign: string, link: Parameters<typeof settingsOf>[0]) =>
    `${sign} ${link.name}: ${settingsText(settingsOf(link)).en}`;
  const management =
    before.management === after.management
      ? []
      : [`- management: ${before.management ?? 'none'}`, `+ management: ${after.management ?? 'none'}`];
  return [
    ...removed.map((link) => line('-', link)),
    ...changed.flatMap(({ was, will }) => [line('-', was), line('+', will)]),
    ...added.map((link) => line('+', link)),
    ...management,
  ];
}
