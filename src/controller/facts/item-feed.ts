import { createHash } from 'node:crypto';
import { type Implementation, implement } from '../../api/action.ts';
import type { Reading } from '../../api/reading.ts';
import { type ItemKind, watchItems } from '../../node/facts/schema/items.ts';
import type { Facts } from '../../node/facts/schema.ts';
import { aborted } from './hub.ts';
import type { ItemBoard } from './items.ts';

/** Puts the items of these sections onto the board. What cannot be read now is as it was: nobody can tell that it is gone. */
export function feedItems(board: ItemBoard, machine: string, facts: Partial<Facts>): void {
  const named = (kind: ItemKind, name: string) => uuidOf(machine, kind, name);
  const { vms, nics, hardware, services } = facts;
  const known = <T>(reading: Reading<T[]> | undefined) =>
    reading?.state === 'known' ? reading.value : undefined;
  const [machines, links, disks] = [known(vms), known(nics), known(hardware?.disks)];
  if (machines)
    board.set(
      'vm',
      byUuid(machines, ({ uuid }) => uuid.replaceAll('-', '')),
    );
  if (links)
    board.set(
      'link',
      byUuid(links, ({ name }) => named('link', name)),
    );
  if (disks)
    board.set(
      'disk',
      byUuid(disks, ({ device }) => named('disk', device)),
    );
  if (services)
    board.set(
      'service',
      byUuid(services, ({ key }) => named('service', key)),
    );
}

const byUuid = <T>(items: readonly T[], uuid: (item: T) => string): Map<string, T> =>
  new Map(items.map((item) => [uuid(item), item]));

const uuidOf = (machine: string, kind: ItemKind, name: string): string =>
  createHash('sha256').update(`${machine}\0${kind}\0${name}`).digest('hex').slice(0, 32);

/** `facts.watchItems`: runs until the caller cancels or goes away. */
export const itemActions = (board: ItemBoard): Implementation[] => [
  implement(watchItems, async ({ last }, run) => {
    for (const news of board.since(last)) run.emit(news);
    const leave = board.listen((change) => run.emit({ change }));
    await aborted(run.signal);
    leave();
  }),
];
