import { say } from '../../../api/words.ts';
import { prefixOf, versionOf } from '../change/schema/address.ts';
import { addresses4 } from './addresses4.ts';
import { Keys } from './keys.ts';
import { type Problem, valueWords } from './problem.ts';
import type { Unit } from './units.ts';

/** Addresses of the files beside a link's own: `ifcfg-em01:1` and `ifcfg-em01-range0`. */
export function moreAddresses({ main, more }: Unit): { addresses: string[]; problems: Problem[] } {
  const addresses: string[] = [];
  const problems: Problem[] = [];
  for (const file of more) {
    const keys = new Keys(file.file, file.settings);
    keys.pass('DEVICE', 'ONBOOT', 'ONPARENT', 'NAME', 'UUID', 'TYPE', 'CLONENUM_START');
    keys.like('BOOTPROTO', /^(none|static)$/i);
    if (keys.yes('NO_ALIASROUTING') === true) keys.refuse('NO_ALIASROUTING');
    if (keys.yes('IPV6INIT') === true) keys.refuse('IPV6INIT');
    for (const key of ['GATEWAY', 'HWADDR'])
      if (keys.text(key) !== undefined && keys.text(key) !== main.settings[key]) keys.refuse(key);
    const found = file.settings.IPADDR_START === undefined ? addresses4(keys) : rangeOf(keys);
    if (found.length === 0) keys.refuse('IPADDR', say('gives no address', '没有给出地址'));
    addresses.push(...found);
    problems.push(...(file.problem ? [file.problem] : []), ...keys.finish());
  }
  return { addresses, problems };
}

/** The scripts take ranges within the last of the four numbers alone. */
function rangeOf(keys: Keys): string[] {
  const first = keys.address('IPADDR_START', 4) ?? '';
  const last = keys.address('IPADDR_END', 4) ?? '';
  const mask = keys.text('PREFIX') ?? keys.text('NETMASK');
  keys.pass('NETMASK');
  const prefix = prefixOf(mask ?? '', 4);
  if (typeof prefix !== 'number') {
    keys.refuse('NETMASK', mask === undefined ? say('is not set', '未设置') : valueWords(mask));
    return [];
  }
  const [net, from] = splitLast(first);
  const [otherNet, to] = splitLast(last);
  if (net !== otherNet || !(from <= to) || versionOf(first) !== 4) {
    keys.refuse('IPADDR_END', valueWords(last));
    return [];
  }
  return Array.from({ length: to - from + 1 }, (_, at) => `${net}.${from + at}/${prefix}`);
}

function splitLast(address: string): [net: string, last: number] {
  const at = address.lastIndexOf('.');
  return [address.slice(0, at), Number(address.slice(at + 1))];
}
