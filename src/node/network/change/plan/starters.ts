import { say, type Words } from '../../../../api/words.ts';
import type { Candidate, Link } from '../schema/state.ts';
import type { Changed, Difference } from './difference.ts';
import type { NetworkStep, QuietStep } from './steps.ts';

/** Each boot writes the file anew: what is changed in it does not last. */
export const isVolatile = ({ source }: Pick<Link, 'source'>): boolean => source?.startsWith('/run/') === true;

/** A link whose profile is others' or lasts for this boot only gets one of its own, made after that one. */
export const getsOwn = (link: Link): boolean => link.shared !== undefined || isVolatile(link);

/** Profiles besides the link's own that may start on it. */
const rivalsOf = (link: Link, uuid: string | undefined): Candidate[] =>
  (link.candidates ?? []).filter((each) => each.uuid !== uuid);

const rivalsOfPair = ({ was, will }: Changed): Candidate[] =>
  rivalsOf(was, getsOwn(will) ? undefined : will.uuid);

/** One that serves this link alone, and whose file is kept. */
const canBeQuiet = (rival: Candidate): boolean => rival.own && !isVolatile(rival);

/**
 * What is kept is what the next boot is to bring: other profiles of the same links do not start by themselves any more.
 * Those of links that go would bring them up again.
 */
export function quietSteps({ changed, removed }: Difference): QuietStep[] {
  const rivals = [
    ...changed.flatMap((pair) => rivalsOfPair(pair).map((rival) => ({ rival, link: pair.was.name }))),
    ...removed.flatMap((link) => rivalsOf(link, link.uuid).map((rival) => ({ rival, link: link.name }))),
  ];
  return rivals.filter(({ rival }) => canBeQuiet(rival)).map(({ rival, link }) => quiet(rival, link));
}

const quiet = ({ uuid, id }: Candidate, link: string): QuietStep => ({
  type: 'network.quiet',
  uuid,
  words: say(
    `Let the profile "${id}" no longer start on ${link} by itself`,
    `配置“${id}”不再自动用于 ${link}`,
  ),
});

/** Highest priority among the profiles that may start on the link at the next boot whatever is done now. */
function priorityToBeat({ changed }: Difference, name: string): number | undefined {
  const pair = changed.find(({ will }) => will.name === name);
  const lasting = pair === undefined ? [] : rivalsOfPair(pair).filter((rival) => !canBeQuiet(rival));
  return lasting.length === 0 ? undefined : Math.max(...lasting.map(({ priority }) => priority));
}

/** The steps, with what is written starting before all that stays and would start on the same link. */
export const startingFirst = (steps: readonly NetworkStep[], found: Difference): NetworkStep[] =>
  steps.map((step) => {
    if (step.type !== 'network.write') return step;
    const above = priorityToBeat(found, step.link.name);
    return above === undefined ? step : { ...step, above };
  });

/** Files of others that have to do with the links: what becomes of them. */
export const sourceWarnings = ({ changed }: Difference): Words[] =>
  changed.flatMap((pair) => [
    ...ownSource(pair),
    ...rivalsOfPair(pair)
      .filter((rival) => isVolatile(rival) && rival.uuid !== pair.was.uuid)
      .map(({ source }) => outrun(pair.will.name, source ?? '')),
  ]);

function ownSource({ was, will }: Changed): Words[] {
  const { source } = was;
  if (source === undefined) return [];
  if (isVolatile(was)) return [outrun(will.name, source)];
  return [
    say(
      `${source} comes with the system and stays: a profile in /etc takes its place.`,
      `${source} 由系统提供，保持不变：以 /etc 中的配置代替。`,
    ),
  ];
}

const outrun = (link: string, source: string): Words =>
  say(
    `${source} is written anew at each boot (by cloud-init, netplan or the initramfs): what is kept starts on ${link} before it. What writes it still says the old.`,
    `${source} 每次启动时由 cloud-init、netplan 或 initramfs 重新生成：保留的配置会先于它用于 ${link}，但其来源仍是旧内容。`,
  );
