import { say, type Words } from '../../../api/words.ts';
import type { Attention } from '../../facts/schema.ts';
import { hasPlugin, leftOf } from './import.ts';
import type { OldPlaces } from './places.ts';
import { problemWords } from './problem.ts';
import { unbound, unboundWords } from './promises.ts';
import { readOld } from './read.ts';

/** Lines for which there is room beside everything else. */
const MOST = 4;
const NETWORKS = say('F2, Configure Networks', 'F2，配置网络');

/** What of the older generation's network stays in place and why, a line for each file; names that are not promised. */
export async function oldAttention(places: OldPlaces): Promise<Attention[]> {
  if (await hasPlugin(places)) return [];
  const left = await leftOf(places);
  const first = [
    ...new Map(left.toReversed().map((problem) => [problem.file, problem])).values(),
  ].toReversed();
  const more = first.length - MOST;
  return [
    ...unbound(await readOld(places)).map((name) => warn(unboundWords(name))),
    ...first.slice(0, MOST).map((problem) => warn(stays(problemWords(problem)))),
    ...(more > 0 ? [warn(moreWords(more))] : []),
  ];
}

const warn = (words: Words): Attention => ({ level: 'warn', words, where: NETWORKS });

const stays = ({ en, zh }: Words): Words => say(`not taken over: ${en}`, `未接管：${zh}`);

const moreWords = (more: number): Words =>
  say(
    `not taken over: ${more} more files in network-scripts`,
    `未接管：network-scripts 中另有 ${more} 个文件`,
  );
