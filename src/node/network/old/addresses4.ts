import { Address4 } from 'ip-address';
import { prefixOf, versionOf } from '../change/schema/address.ts';
import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';

/** `IPADDR`, `IPADDR0`, `IPADDR1`, ... with their prefixes. */
export function addresses4(keys: Keys): string[] {
  const endings = keys.endings('IPADDR');
  for (const key of ['PREFIX', 'NETMASK', 'BROADCAST', 'NETWORK'])
    for (const ending of endings.length === 0 ? [''] : endings) keys.pass(`${key}${ending}`);
  return endings.flatMap((ending) => addressOf(keys, ending) ?? []);
}

function addressOf(keys: Keys, ending: string): string | undefined {
  const text = keys.text(`IPADDR${ending}`) ?? '';
  const [address = '', within, more] = text.split('/');
  if (more !== undefined || versionOf(address) !== 4) return keys.refuse(`IPADDR${ending}`, valueWords(text));
  const prefix =
    prefixWith(keys, ending, within) ?? (hasNoPrefix(keys, ending) ? classOf(address) : undefined);
  if (prefix === undefined) return undefined;
  checkRest(keys, ending, new Address4(`${address}/${prefix}`));
  return `${address}/${prefix}`;
}

const hasNoPrefix = ({ settings }: Keys, ending: string): boolean =>
  !settings[`PREFIX${ending}`] && !settings[`NETMASK${ending}`];

/** By any of the three ways to say it. `PREFIX` goes before `NETMASK`; one within the address has to be the same. */
function prefixWith(keys: Keys, ending: string, within: string | undefined): number | undefined {
  const key = keys.settings[`PREFIX${ending}`] ? `PREFIX${ending}` : `NETMASK${ending}`;
  const beside = keys.text(key);
  const found = [within, beside].filter((text) => text !== undefined).map((text) => prefixOf(text, 4));
  const [first, second] = found;
  if (found.length === 0) return undefined;
  if (typeof first === 'number' && (second === undefined || second === first)) return first;
  return keys.refuse(beside === undefined ? `IPADDR${ending}` : key, valueWords(beside ?? within ?? ''));
}

/** The mask that the scripts take when none is given: that of the address's class. */
function classOf(address: string): number | undefined {
  const first = Number(address.split('.')[0]);
  if (first < 128) return 8;
  if (first < 192) return 16;
  return first < 224 ? 24 : undefined;
}

/** Network and broadcast follow from the address; others than those would be lost. */
function checkRest(keys: Keys, ending: string, address: Address4): void {
  const said = [
    ['NETWORK', address.startAddress().correctForm()],
    ['BROADCAST', address.endAddress().correctForm()],
  ] as const;
  for (const [key, right] of said) {
    const text = keys.text(`${key}${ending}`);
    if (text !== undefined && text !== right) keys.refuse(`${key}${ending}`, valueWords(text));
  }
}
