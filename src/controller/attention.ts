import { say, type Words } from '../api/words.ts';
import type { Attention } from '../node/facts/schema.ts';
import type { Audit } from './audit/audit.ts';
import type { Settled } from './journal/settle.ts';

/** What wants a person's eye of the controller's own records: the gravest first. */
export function attentionOf(
  { trouble, findings }: Pick<Audit, 'trouble' | 'findings'>,
  settled: readonly Settled[],
  settings: readonly Words[],
): Attention[] {
  const untold =
    trouble &&
    bad(
      say(
        `changes are refused, they cannot be recorded: ${trouble.en}`,
        `无法记录，更改被拒绝：${trouble.zh}`,
      ),
    );
  return [
    ...(untold ? [untold] : []),
    ...findings.map((text) => bad(say(`audit: ${text}`, `审计：${text}`))),
    ...settings.map((words): Attention => ({ level: 'warn', words })),
    ...ofSettled(settled),
  ];
}

const bad = (words: Words): Attention => ({ level: 'bad', words });

/** One line for what was settled in the same words: where power fails again and again, there is room for the rest. */
function ofSettled(settled: readonly Settled[]): Attention[] {
  const alike = Map.groupBy(settled, ({ words }) => words.en);
  return [...alike.values()].map(([first, ...more]) => lineOf(first as Settled, 1 + more.length));
}

const lineOf = ({ outcome, words, remedy }: Settled, times: number): Attention => ({
  level: outcome === 'stuck' ? 'bad' : 'warn',
  words: times === 1 ? words : say(`${words.en} (${times} times)`, `${words.zh}（${times} 次）`),
  ...(remedy && { where: remedy.rebootMends ? RETRY_OR_REBOOT : RETRY }),
});

const RETRY = say('F2, Diagnose', 'F2，诊断');
const RETRY_OR_REBOOT = say('F2, Configure Networks; F12', 'F2，配置网络；F12');
