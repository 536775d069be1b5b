import { say } from '../../../api/words.ts';
import { asListed, BOND_MODES, bondMode, missingOption, optionsProblem } from '../change/schema/bond.ts';
import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';

/** Options that may be given several times, each time one more value. */
const LISTS = new Set(['arp_ip_target', 'ns_ip6_target']);

/** @param module options that the bonding module is loaded with: they hold where the file is silent. */
export function bondSection(keys: Keys, module: readonly string[]): Sections[string] {
  keys.pass('BONDING_MASTER');
  const text = keys.text('BONDING_OPTS') ?? '';
  if (module.length > 0)
    keys.refuse(
      'BONDING_OPTS',
      say('leaves options to those of the bonding module', '部分选项来自 bonding 模块参数'),
    );
  const { mode: given = BOND_MODES[0], ...options } = asListed(optionsOf(keys, text));
  const mode = bondMode(given);
  if (mode === undefined) return { mode: keys.refuse('BONDING_OPTS', valueWords(`mode=${given}`)) };
  const problem = optionsProblem(mode, options) ?? missingOption(options);
  if (problem !== undefined)
    keys.refuse('BONDING_OPTS', say(`does not fit: ${problem.en}`, `不合适：${problem.zh}`));
  return { mode, ...options };
}

function optionsOf(keys: Keys, text: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    const [, name, value] = /^([a-z0-9_-]+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      keys.refuse('BONDING_OPTS', valueWords(word));
      continue;
    }
    const before = LISTS.has(name) ? options[name] : undefined;
    options[name] = before === undefined ? value : `${before},${value}`;
  }
  return options;
}
