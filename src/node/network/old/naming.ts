import { join } from 'node:path';
import { say, type Words } from '../../../api/words.ts';
import { linkFile } from '../change/link-file.ts';
import { isKernelName } from '../change/schema/names.ts';
import type { OldLink } from './context.ts';
import type { OldPlaces } from './places.ts';
import type { Put } from './put.ts';
import type { OldFiles } from './read.ts';

/** Names that udev's rules and HWADDR give, as files of systemd. One that the kernel may give to another NIC is none. */
export function namesFor(
  rules: readonly { mac: string; name: string }[],
  taken: readonly OldLink[],
  { linkFiles }: OldFiles,
  places: OldPlaces,
): { puts: Put[]; done: Words[] } {
  const wanted = new Map(rules.map(({ mac, name }) => [mac, name]));
  for (const { naming } of taken) if (naming !== undefined) wanted.set(naming.mac, naming.name);
  const puts: Put[] = [];
  const done: Words[] = [];
  for (const [mac, name] of wanted) {
    if (isKernelName(name)) {
      // Of those that are taken over it is said with them.
      if (!taken.some((link) => link.mac === mac)) done.push(notPromised(name, mac));
      continue;
    }
    const [file, text] = linkFile({ mac, name });
    const path = join(places.linkFiles, file);
    if (linkFiles.has(path)) continue;
    puts.push({ path, text, mode: 0o644 });
    done.push(say(`${name}: named by ${path}`, `${name}：由 ${path} 命名`));
  }
  return { puts, done };
}

/** What goes by its MAC address instead. */
export const notPromised = (name: string, mac: string): Words =>
  say(
    `${name}: the name of ${mac} cannot be promised, what is set goes by the MAC address`,
    `${name}：无法保证 ${mac} 使用此名称，设置以 MAC 地址为准`,
  );
