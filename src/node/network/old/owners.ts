import { say } from '../../../api/words.ts';
import { parseIfcfg } from '../ifcfg.ts';
import type { OldLink } from './context.ts';
import type { Problem } from './problem.ts';
import type { OldFiles } from './read.ts';

/** Who has the link already, in words; undefined: nobody. @param path of the profile that it would get. */
export function ownerOf(
  { unit, mac }: OldLink,
  path: string,
  files: OldFiles,
): Omit<Problem, 'file'> | undefined {
  const { device } = unit;
  if (device !== undefined && devicesAside(files).includes(device))
    return { key: 'DEVICE', words: say(`${device} was taken over already`, `${device} 已经接管过`) };
  for (const [file, text] of files.profiles)
    if (has(text, 'interface-name', device) || has(text, 'mac-address', mac) || file === path)
      return { words: say(`stays, since there is ${file}`, `保留不动，因为已有 ${file}`) };
  if (device !== undefined && inInterfaces(files.interfaces, device))
    return {
      words: say(
        `stays, since /etc/network/interfaces has ${device}`,
        `保留不动，因为 /etc/network/interfaces 中有 ${device}`,
      ),
    };
  return undefined;
}

const has = (text: string, key: string, value: string | undefined): boolean =>
  value !== undefined &&
  text.split('\n').some((line) => line.trim().toLowerCase() === `${key}=${value.toLowerCase()}`);

const inInterfaces = (text: string, device: string): boolean =>
  text.split('\n').some((line) => {
    const [word = '', name] = line.trim().split(/\s+/);
    return word === 'iface' && name === device;
  });

/** Links that were taken over earlier: a copy that lies about is not taken later. */
export const devicesAside = ({ aside }: OldFiles): string[] =>
  [...aside].flatMap(([name, text]) =>
    name.startsWith('ifcfg-') ? (parseIfcfg(text).settings.DEVICE ?? []) : [],
  );
