import { join } from 'node:path';
import { say, type Words } from '../../../api/words.ts';
import { isKernelName } from '../change/schema/names.ts';
import type { OldLink } from './context.ts';
import { oldLink } from './link.ts';
import { type Machine, readMachine } from './machine.ts';
import { parseNameRules } from './names.ts';
import { namesFor, notPromised } from './naming.ts';
import { devicesAside, ownerOf } from './owners.ts';
import { ASIDE, type OldPlaces } from './places.ts';
import { type Problem, problemWords, valueWords } from './problem.ts';
import { profileText } from './profile.ts';
import { unboundWords } from './promises.ts';
import type { Put } from './put.ts';
import type { OldFiles } from './read.ts';
import { FIRST_RULE } from './routing-rules.ts';
import { type Unit, unitsOf } from './units.ts';
import { uuidsOf } from './uuids.ts';

/** What is taken over, and what stays where it is and why. */
export interface ImportPlan {
  links: { put: Put; link: OldLink }[];
  /** Names of NICs. */
  names: Put[];
  hostname?: string;
  /** Old files that go aside: from where, to where. */
  moves: [from: string, to: string][];
  left: Problem[];
  /** What is done, a line each. */
  done: Words[];
}

/** @param refused files whose profiles NetworkManager does not take, and why: they stay, with all that needs them. */
export function planImport(files: OldFiles, places: OldPlaces, refused: readonly Problem[] = []): ImportPlan {
  const { units, left } = unitsOf(files);
  const machine = readMachine(files);
  const rules = parseNameRules(files.rules ?? '');
  const given = new Map(typeof rules === 'string' ? [] : rules.map(({ mac, name }) => [mac, name]));
  const uuids = uuidsOf(units, files);
  const context = {
    files,
    units,
    machine: machine.settings,
    numbers: { next: FIRST_RULE },
    given,
    uuidOf: (unit: Unit) => uuids.get(unit) ?? '',
  };
  const links = units.map((unit) => oldLink(unit, context));
  for (const link of links) link.problems.push(...refused.filter(({ file }) => file === link.unit.main.file));
  addOwners(links, files, places);
  addTwins(links);
  if (machine.stops) for (const link of links) link.problems.push(...machine.problems);
  addMachineGateway(links, machine);
  const groups = groupsOf(links);
  const taken = groups.filter((group) => group.every(({ problems }) => problems.length === 0)).flat();
  const staying = groups.filter((group) => group.some(({ problems }) => problems.length > 0));
  // Elsewhere the machine's file is none of the older generation.
  const concerned = links.length > 0 || devicesAside(files).length > 0;
  // What a link that stays is judged by stays as well: the next run has to come to the same end.
  const judged = staying.flat().some((link) => isNamedBy(link, given));
  const ruled = typeof rules === 'string' || judged ? [] : rules;
  const names = namesFor(ruled, taken, files, places);
  return {
    links: taken.map((link) => ({ put: profileOf(link, places), link })),
    names: names.puts,
    ...(machine.hostname === undefined || links.length === 0 ? {} : { hostname: machine.hostname }),
    moves: [
      ...taken.flatMap(({ unit }) => filesOf(unit)).map((name) => aside(places.scripts, name, files)),
      ...(concerned && staying.length === 0 ? movesOfMachine(machine, files, places) : []),
      ...(files.rules !== undefined && typeof rules !== 'string' && !judged
        ? [[places.rules, `${places.rules}.${ASIDE}`] as [string, string]]
        : []),
    ],
    left: unique([
      ...staying.flatMap(causesOf),
      ...left,
      ...(concerned && !machine.stops ? machine.problems : []),
      ...(typeof rules === 'string' ? [{ file: '70-persistent-net.rules', words: valueWords(rules) }] : []),
      ...ofStaticRoutes(files),
    ]),
    done: [...names.done, ...taken.flatMap((link) => doneWords(link, places))],
  };
}

const isNamedBy = ({ unit: { device, main } }: OldLink, given: ReadonlyMap<string, string>): boolean =>
  [...given].some(([mac, name]) => name === device || mac === main.settings.HWADDR?.toLowerCase());

const filesOf = ({ main, more, rest }: Unit): string[] => [
  main.file,
  ...more.map(({ file }) => file),
  ...rest,
];

/** What lies there already stays. */
function aside(folder: string, name: string, files: OldFiles): [string, string] {
  let free = name;
  for (let at = 1; files.aside.has(free); at++) free = `${name}.${at}`;
  return [join(folder, name), join(folder, ASIDE, free)];
}

const profilePath = ({ id }: OldLink, { profiles }: OldPlaces): string =>
  join(profiles, `${id}.nmconnection`);

const profileOf = (link: OldLink, places: OldPlaces): Put => ({
  path: profilePath(link, places),
  text: profileText(link.sections),
  mode: 0o600,
});

/** A link that somebody else has already stays his. */
function addOwners(links: readonly OldLink[], files: OldFiles, places: OldPlaces): void {
  for (const link of links) {
    const file = link.unit.main.file;
    const owner = ownerOf(link, profilePath(link, places), files);
    if (owner !== undefined) link.problems.push({ file, ...owner });
  }
}

/** Two links of one MAC address: which of them the NIC is cannot be told. */
function addTwins(links: readonly OldLink[]): void {
  for (const same of Map.groupBy(links, ({ mac }) => mac ?? '').entries()) {
    const [mac, twins] = same;
    if (mac === '' || twins.length < 2) continue;
    for (const { unit, problems } of twins)
      problems.push({
        file: unit.main.file,
        key: 'HWADDR',
        words: say('stands in several files', '出现在多个文件中'),
      });
  }
}

/** The machine's own gateway has to become that of one link. */
function addMachineGateway(links: readonly OldLink[], { settings }: Machine): void {
  const takers = links.filter(({ hasMachineGateway }) => hasMachineGateway);
  if (settings.GATEWAY === undefined || links.length === 0) return;
  const words =
    takers.length === 0
      ? say('is in no network of a link', '不在任何链路的网络中')
      : say('may be that of several links', '可能属于多个链路');
  // Where a link has its own gateway, or gets it with its lease, the scripts do not take the machine's.
  const hasOwn = links.some(
    ({ gateway, sections }) => gateway !== undefined || sections.ipv4?.method === 'auto',
  );
  if (takers.length === 1 || (takers.length === 0 && hasOwn)) return;
  const concerned = takers.length === 0 ? links : takers;
  for (const { problems } of concerned) problems.push({ file: 'network', key: 'GATEWAY', words });
}

/** Links that need each other are taken over together or not at all. */
function groupsOf(links: readonly OldLink[]): OldLink[][] {
  const groups = new Map<OldLink, Set<OldLink>>(links.map((link) => [link, new Set([link])]));
  for (const link of links)
    for (const need of link.needs) {
      const other = links.find(({ unit }) => unit.main.file === need);
      const [mine, theirs] = [groups.get(link), other && groups.get(other)];
      if (mine === undefined || theirs === undefined || mine === theirs) continue;
      for (const each of theirs) groups.set(each, mine.add(each));
    }
  return [...new Set(groups.values())].map((group) => [...group]);
}

/** The problems themselves, and which files stay for the sake of the first one. */
function causesOf(group: readonly OldLink[]): Problem[] {
  const [first, ...rest] = group.flatMap(({ problems }) => problems);
  if (first === undefined || first.file === 'network') return first === undefined ? [] : [first, ...rest];
  const causes = new Set([first, ...rest].map(({ file }) => file));
  const others = group.map(({ unit }) => unit.main.file).filter((file) => !causes.has(file));
  if (others.length === 0) return [first, ...rest];
  const { en, zh } = first.words;
  const names = others.sort();
  const words = say(`${en}; with it stays ${names.join(', ')}`, `${zh}；一并保留 ${names.join('、')}`);
  return [{ ...first, words }, ...rest];
}

const unique = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [problemWords(problem).en, problem])).values(),
];

/** The machine's file goes when it is understood and no link is left that it speaks of. */
function movesOfMachine(machine: Machine, { network }: OldFiles, places: OldPlaces): [string, string][] {
  const whole = network !== undefined && machine.problems.length === 0;
  return whole ? [[places.network, `${places.network}.${ASIDE}`]] : [];
}

function ofStaticRoutes({ staticRoutes }: OldFiles): Problem[] {
  const has = (staticRoutes ?? '').split('\n').some((line) => !/^\s*(#.*)?$/.test(line));
  return has ? [{ file: 'static-routes', words: say('is not understood', '无法理解') }] : [];
}

function doneWords(link: OldLink, places: OldPlaces): Words[] {
  const { id, kind, mac } = link;
  const path = profilePath(link, places);
  const imported = say(`${id}: imported into ${path}`, `${id}：已导入 ${path}`);
  if (kind !== 'ethernet' || !isKernelName(id)) return [imported];
  return [imported, mac === undefined ? unboundWords(id) : notPromised(id, mac)];
}
