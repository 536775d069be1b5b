import { say, type Words } from '../../../api/words.ts';
import { isKernelName } from '../change/schema/names.ts';
import { parseIfcfg } from '../ifcfg.ts';
import type { OldFiles } from './read.ts';

/** A link that goes by a name which the kernel hands out in the order in which it finds NICs. */
export const unboundWords = (name: string): Words =>
  say(
    `${name} has no MAC address in its file: the next boot may give its address to another NIC`,
    `${name} 的文件中没有 MAC 地址：下次启动时其地址可能落到另一网卡上`,
  );

/** Links that were taken over by such a name, and still go by it. */
export function unbound({ aside, profiles }: OldFiles): string[] {
  const names = [...aside].flatMap(([file, text]) =>
    file.startsWith('ifcfg-') ? (parseIfcfg(text).settings.DEVICE ?? []) : [],
  );
  const texts = [...profiles.values()];
  const goesByName = (name: string) =>
    texts.some((text) => text.includes(`\ninterface-name=${name}\n`) && !text.includes('\nmac-address='));
  return [...new Set(names)].filter((name) => isKernelName(name) && goesByName(name));
}
