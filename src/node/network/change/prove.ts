import { readFile } from 'node:fs/promises';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { readLinks } from '../../../system/iproute.ts';
import { addressAnswers, gatewayAnswers, pingAnswers } from './ask.ts';
import { lacpProblem, readPorts } from './bonding.ts';
import type { Evidence, Finding } from './schema/pending.ts';

/** Undefined: it holds. */
type Problem = Words | undefined;

/** Looks at one piece of evidence. `peers`: addresses that have to answer. */
export async function lookAt(evidence: Evidence, peers: readonly string[]): Promise<Problem> {
  try {
    return await CHECKS[evidence.kind](evidence.link, evidence.target ?? '', peers);
  } catch (thrown) {
    // A link that is not there yet cannot be read: the reason is shown, and it is looked at again.
    return Fault.from(thrown).words;
  }
}

const CHECKS: Record<
  Evidence['kind'],
  (link: string, target: string, peers: readonly string[]) => Promise<Problem>
> = {
  carrier: async (link) => {
    const text = await readFile(`/sys/class/net/${link}/carrier`, 'utf8').catch(() => '0');
    return text.trim() === '1' ? undefined : say('no carrier', '没有载波');
  },
  address: async (link, target) => {
    const record = (await readLinks()).find(({ ifname }) => ifname === link);
    const held = (record?.addr_info ?? []).filter(({ scope }) => scope !== 'link');
    const texts = held.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
    if (target === '' ? texts.length > 0 : texts.includes(target)) return undefined;
    return target === ''
      ? say('no address yet', '尚未获得地址')
      : say('the address is not set', '地址未设置');
  },
  unique: async (link, target) => {
    const holder = await addressAnswers(link, target);
    if (holder === undefined || holder === 'unknown') return undefined;
    return say(`${holder} has the address too`, `${holder} 也使用该地址`);
  },
  gateway: async (link, target) =>
    (await gatewayAnswers(link, target)) ? undefined : say('does not answer ARP', '没有应答 ARP'),
  lacp: async (link) => lacpProblem(await readPorts(link)),
  peer: async (_, __, peers) => {
    const answers = await Promise.all(peers.map((peer) => pingAnswers(peer)));
    const silent = peers.filter((_peer, at) => answers[at] === false);
    return silent.length === 0
      ? undefined
      : say(`${silent.join(', ')} does not answer any more`, `${silent.join('、')} 不再应答`);
  },
};

/** `gateway 192.0.2.1 on em01`. */
export function labelOf({ kind, link, target }: Evidence): Words {
  switch (kind) {
    case 'carrier':
      return say(`carrier on ${link}`, `${link} 的载波`);
    case 'address':
      return target === undefined
        ? say(`an address on ${link}`, `${link} 的地址`)
        : say(`${target} on ${link}`, `${link} 上的 ${target}`);
    case 'unique':
      return say(`nobody else has ${target}`, `无人占用 ${target}`);
    case 'gateway':
      return say(`gateway ${target} on ${link}`, `${link} 上的网关 ${target}`);
    case 'lacp':
      return say(`LACP partner of ${link}`, `${link} 的 LACP 对端`);
    case 'peer':
      return say('management node and cluster peers', '管理节点与集群其他节点');
  }
}

export const isSame = (a: Evidence, b: Evidence): boolean =>
  a.kind === b.kind && a.link === b.link && a.target === b.target;

/** What was found, for the person: label, and why it does not hold. */
export function finding(evidence: Evidence, problem: Problem, demanded: boolean): Finding {
  const label = labelOf(evidence);
  if (problem === undefined) return { ...evidence, state: 'good', words: label };
  const before = demanded ? say('', '') : say(' (as before)', '（与更改前相同）');
  return {
    ...evidence,
    state: demanded ? 'waiting' : 'note',
    words: say(`${label.en}: ${problem.en}${before.en}`, `${label.zh}：${problem.zh}${before.zh}`),
  };
}

/** There is nobody who has to answer: no peers at all, or none that did before. */
export function noPeers(evidence: Evidence, known: readonly string[]): Finding {
  const label = labelOf(evidence);
  const [state, why] =
    known.length === 0
      ? (['none', say('this node has none', '本节点没有')] as const)
      : (['note', say('did not answer before either', '更改前也没有应答')] as const);
  return { ...evidence, state, words: say(`${label.en}: ${why.en}`, `${label.zh}：${why.zh}`) };
}
