import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';

interface Option {
  name: string;
  least: number;
  most: number;
  /** NetworkManager's default, which it leaves out as well. */
  usual: number;
  /** The kernel's own files count hundredths of a second, NetworkManager seconds. */
  time?: true;
  flag?: true;
}

/** Words of `BRIDGING_OPTS`, for the bridge itself. `ageing_time` is not here: 300 may be seconds or hundredths. */
const BRIDGE: Record<string, Option> = {
  priority: { name: 'priority', least: 0, most: 65535, usual: 32768 },
  hello_time: { name: 'hello-time', least: 1, most: 10, usual: 2, time: true },
  max_age: { name: 'max-age', least: 6, most: 40, usual: 20, time: true },
  forward_delay: { name: 'forward-delay', least: 2, most: 30, usual: 15, time: true },
  multicast_snooping: { name: 'multicast-snooping', least: 0, most: 1, usual: 1, flag: true },
  multicast_querier: { name: 'multicast-querier', least: 0, most: 1, usual: 0, flag: true },
  vlan_filtering: { name: 'vlan-filtering', least: 0, most: 1, usual: 0, flag: true },
  vlan_default_pvid: { name: 'vlan-default-pvid', least: 0, most: 4094, usual: 1 },
  group_fwd_mask: { name: 'group-forward-mask', least: 0, most: 65535, usual: 0 },
};

const PORT: Record<string, Option> = {
  priority: { name: 'priority', least: 0, most: 63, usual: 32 },
  path_cost: { name: 'path-cost', least: 1, most: 65535, usual: 100 },
  hairpin_mode: { name: 'hairpin-mode', least: 0, most: 1, usual: 0, flag: true },
};

/** @returns without what is NetworkManager's default anyway, which it leaves out as well. */
export function bridgeSection(keys: Keys): Sections[string] {
  const stp = keys.yes('STP') === true;
  const delay = keys.number('DELAY', 0, 30);
  return {
    stp: stp ? undefined : false,
    'forward-delay': delay === undefined || delay === 15 ? undefined : delay,
    ...optionsOf(keys, BRIDGE),
  };
}

export const bridgePortSection = (keys: Keys): Sections[string] => optionsOf(keys, PORT);

function optionsOf(keys: Keys, known: Record<string, Option>): Sections[string] {
  const found: Sections[string] = {};
  for (const word of (keys.text('BRIDGING_OPTS') ?? '').split(/\s+/)) {
    if (word === '') continue;
    const [, key = '', value = ''] = /^(\w+)=(\d{1,6})$/.exec(word) ?? [];
    const option = Object.hasOwn(known, key) ? known[key] : undefined;
    const number = option && numberOf(option, Number(value));
    if (option === undefined || number === undefined) keys.refuse('BRIDGING_OPTS', valueWords(word));
    else if (number !== option.usual) found[option.name] = option.flag ? number === 1 : number;
  }
  return found;
}

function numberOf({ least, most, time }: Option, given: number): number | undefined {
  const number = time && given >= 100 && given % 100 === 0 ? given / 100 : given;
  return number >= least && number <= most ? number : undefined;
}
