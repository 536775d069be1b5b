import { say } from '../../../api/words.ts';
import { type Ifcfg, isNo, NOTHING, parseIfcfg } from '../ifcfg.ts';
import type { Problem } from './problem.ts';
import type { OldFiles } from './read.ts';

/** One ifcfg file, read. */
export interface IfcfgFile {
  file: string;
  /** Behind `ifcfg-`. */
  suffix: string;
  settings: Ifcfg;
  problem?: Problem;
  changed: number;
}

/** A link with everything that belongs to it: taken over as a whole or not at all. */
export interface Unit {
  main: IfcfgFile;
  /** Of its interface; undefined where only the hardware address tells which NIC it is. */
  device: string | undefined;
  /** Further addresses: `ifcfg-em01:1`, `ifcfg-em01-range0`. */
  more: IfcfgFile[];
  /** Names of `route-`, `route6-`, `rule-`, `rule6-` and `keys-` files. */
  rest: string[];
  /** What forbids it already. */
  problems: Problem[];
}

export interface Units {
  units: Unit[];
  /** Files that belong to none, and why. */
  left: Problem[];
}

const REST = /^(route6?|rule6?|keys)-(.+)$/;
const MORE = /^(.+?)(:|-range)/;
/** The loopback's own file, as every distribution brings it: nothing of it is anybody's. */
const LOOPBACK = new Set([
  'DEVICE',
  'IPADDR',
  'NETMASK',
  'NETWORK',
  'BROADCAST',
  'ONBOOT',
  'NAME',
  'BOOTPROTO',
  'TYPE',
]);

/** Puts the files together, and says which belong to nothing. */
export function unitsOf({ scripts }: OldFiles): Units {
  const read = [...scripts].flatMap(([name, { text, changed }]) =>
    name.startsWith('ifcfg-') ? [readIfcfg(name, text, changed)] : [],
  );
  const all = read.filter((each) => !isLoopback(each));
  const isMore = (each: IfcfgFile) => MORE.test(each.suffix) && !isOwn(each);
  const { mains, losers } = decide(all.filter((each) => !isMore(each)));
  const units = mains.map(
    (main): Unit => ({ main, device: main.settings.DEVICE || undefined, more: [], rest: [], problems: [] }),
  );
  const left = [...losers];
  for (const each of all.filter(isMore)) {
    const owner = ownerOf(units, MORE.exec(each.suffix)?.[1] ?? '');
    const problem = whyNotOf(each, owner);
    if (problem === undefined) owner?.more.push(each);
    else left.push(problem);
  }
  const losing = new Set(losers.map(({ file }) => file.slice('ifcfg-'.length)));
  for (const name of scripts.keys()) {
    const [, , suffix = ''] = REST.exec(name) ?? [];
    if (suffix === '') continue;
    const owner = ownerOf(units, suffix);
    if (owner === undefined) left.push({ file: name, words: NO_OWNER });
    else if (losing.has(suffix)) owner.problems.push({ file: name, words: WHOSE });
    else owner.rest.push(name);
  }
  return { units, left };
}

const NO_OWNER = say('belongs to no file that is taken over', '不属于任何被接管的文件');
const WHOSE = say('may belong to either of two files for one interface', '可能属于同一接口的两个文件之一');
const NOT_READ = say('cannot be read', '无法读取');

function readIfcfg(file: string, text: string | undefined, changed: number): IfcfgFile {
  const suffix = file.slice('ifcfg-'.length);
  if (text === undefined) return { file, suffix, settings: {}, problem: { file, words: NOT_READ }, changed };
  const { settings, problem } = parseIfcfg(text);
  const empty = Object.values(settings).every((value) => value === '') ? { words: NOTHING } : undefined;
  const found = problem ?? empty;
  return { file, suffix, settings, changed, ...(found && { problem: { file, ...found } }) };
}

const isLoopback = ({ suffix, settings, problem }: IfcfgFile): boolean =>
  suffix === 'lo' &&
  problem === undefined &&
  (settings.DEVICE ?? 'lo') === 'lo' &&
  Object.keys(settings).every((key) => LOOPBACK.has(key));

/** A file that only looks like one of further addresses, and is a link's own. */
const isOwn = ({ suffix, settings }: IfcfgFile): boolean =>
  !suffix.includes(':') && settings.IPADDR_START === undefined && settings.DEVICE !== undefined;

function ownerOf(units: readonly Unit[], name: string): Unit | undefined {
  return units.find(({ device }) => device === name) ?? units.find(({ main }) => main.suffix === name);
}

function whyNotOf({ file, settings }: IfcfgFile, owner: Unit | undefined): Problem | undefined {
  if (!isNo(settings.ONPARENT)) return owner === undefined ? { file, words: NO_OWNER } : undefined;
  const words = say(
    'says that the address comes up by hand alone: it is not taken over',
    '表明该地址只由人工启用：不接管',
  );
  return { file, key: 'ONPARENT', words };
}

/** Of several files for one interface one is taken: that which comes up at boot, is named after it, or is the newest. */
function decide(files: readonly IfcfgFile[]): { mains: IfcfgFile[]; losers: Problem[] } {
  const losers: Problem[] = [];
  const mains = [...Map.groupBy(files, ({ file, settings }) => settings.DEVICE || file).values()].map(
    (same) => {
      const [first, ...others] = same.sort(byRight);
      for (const { file } of others) losers.push({ file, key: 'DEVICE', words: takenBy(first?.file ?? '') });
      return first as IfcfgFile;
    },
  );
  return { mains, losers };
}

const takenBy = (file: string) =>
  say(`is that of ${file} too, which goes before it`, `与 ${file} 相同，以后者为准`);

const byRight = (a: IfcfgFile, b: IfcfgFile): number =>
  Number(isNo(a.settings.ONBOOT)) - Number(isNo(b.settings.ONBOOT)) ||
  Number(isNamedAfter(b)) - Number(isNamedAfter(a)) ||
  b.changed - a.changed ||
  (a.file < b.file ? -1 : 1);

const isNamedAfter = ({ suffix, settings }: IfcfgFile): boolean => suffix === settings.DEVICE;
