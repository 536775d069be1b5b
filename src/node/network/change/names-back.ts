import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { addAltname } from '../../../system/iproute.ts';
import { renameLink } from './links.ts';
import { renameOrder } from './plan/rename-order.ts';
import { linksOf, type Seen } from './read.ts';
import type { LiveState, RecordedLink } from './record.ts';

/**
 * Gives the links that the change is about the names that they had, as main names and as alternative ones.
 * @returns what stood against it: the rest is brought back all the same
 */
export async function namesBack(record: LiveState, seen: Seen): Promise<Words[]> {
  const links = record.links.filter(({ name }) => record.touched.includes(name));
  const renames = links.flatMap((was) => {
    const now = nameNow(was, seen);
    return now === undefined || now === was.name ? [] : [{ from: now, to: was.name }];
  });
  const refused: Words[] = [];
  for (const { from, to } of renameOrder(renames, namesOf(seen)))
    await renameLink(from, to).catch((thrown) => refused.push(refusal(from, to, thrown)));
  for (const was of links) await altnamesBack(was, seen);
  return refused;
}

const refusal = (from: string, to: string, thrown: unknown): Words => {
  const { words } = Fault.from(thrown);
  return say(`${from} does not get its name ${to} back: ${words.en}`, `${from} 无法改回 ${to}：${words.zh}`);
};

/** What the recorded link is called now; undefined when it is not there. */
export function nameNow({ index, mac }: RecordedLink, seen: Seen): string | undefined {
  if (index !== undefined) return seen.records.find(({ ifindex }) => ifindex === index)?.ifname;
  return mac === undefined ? undefined : linksOf(seen).find((link) => link.mac === mac)?.name;
}

const namesOf = (seen: Seen): Set<string> =>
  new Set(seen.records.flatMap(({ ifname, altnames }) => [ifname, ...(altnames ?? [])]));

/** udev may have put it there itself meanwhile, and no link needs it to work. */
async function altnamesBack(was: RecordedLink, seen: Seen): Promise<void> {
  const { name, altnames = [] } = was;
  const now = seen.records.find(({ ifname }) => ifname === nameNow(was, seen))?.altnames ?? [];
  for (const lost of altnames.filter((each) => !now.includes(each)))
    await addAltname(name, lost).catch(() => {});
}
