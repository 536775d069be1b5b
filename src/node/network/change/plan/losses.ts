import { say, type Words } from '../../../../api/words.ts';
import { isAddressed, type Link } from '../schema/state.ts';
import type { Changed, Difference } from './difference.ts';
import { belongings } from './inventory.ts';

/** What no link has from another afterwards, and what a bond loses: by name, a line for each link. */
export function losses(found: Difference): Words[] {
  const after = [...found.added, ...found.changed.map(({ will }) => will)];
  const held = new Set(after.flatMap(belongings).map(({ en }) => en));
  const before: { was: Link; will?: Link }[] = [...found.removed.map((was) => ({ was })), ...found.changed];
  return before.flatMap(({ was, will }) => {
    const lost = [
      ...belongings(was).filter(({ en }) => !held.has(en)),
      ...serversLost(was, will, after),
      ...(will === undefined ? [] : optionsLost({ was, will })),
    ];
    if (lost.length === 0) return [];
    const [en, zh] = [lost.map((words) => words.en).join(', '), lost.map((words) => words.zh).join('、')];
    return [say(`${was.name} loses ${en}.`, `${was.name} 将失去 ${zh}。`)];
  });
}

/** Servers that go with the last address rather than by being replaced. */
function serversLost(was: Link, will: Link | undefined, after: readonly Link[]): Words[] {
  if (will !== undefined && isAddressed(will)) return [];
  const held = new Set(after.flatMap((link) => [...link.ipv4.dns, ...link.ipv6.dns]));
  return [...was.ipv4.dns, ...was.ipv6.dns]
    .filter((server) => !held.has(server))
    .map((server) => say(`DNS ${server}`, `DNS ${server}`));
}

function optionsLost({ was, will }: Changed): Words[] {
  const stays = will.bond?.options;
  if (stays === undefined) return [];
  return Object.entries(was.bond?.options ?? {})
    .filter(([name]) => stays[name] === undefined)
    .map(([name, value]) => say(`${name}=${value}`, `${name}=${value}`));
}
