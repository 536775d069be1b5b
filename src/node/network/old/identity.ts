import { say } from '../../../api/words.ts';
import { isKernelName, nameProblem } from '../change/schema/names.ts';
import type { LinkContext } from './context.ts';
import type { Keys } from './keys.ts';
import type { OldKind } from './kinds.ts';
import { valueWords } from './problem.ts';
import type { Unit } from './units.ts';

export interface Identity {
  mac?: string;
  naming?: { mac: string; name: string };
  /** Undefined where the profile goes by MAC address alone. */
  interfaceName?: string;
}

/**
 * By what the profile finds its link. The scripts refuse a NIC of another MAC address than HWADDR, and udev names it
 * after DEVICE by that; a name of the kernel's own kind may be another NIC's at the next boot, so that there the MAC
 * address alone decides, where the files tell it.
 */
export function identityOf(
  keys: Keys,
  { device, main }: Unit,
  kind: OldKind | undefined,
  context: LinkContext,
): Identity {
  if (device !== undefined && nameProblem(device) !== undefined) keys.refuse('DEVICE', valueWords(device));
  if (kind === 'vlan') return vlanIdentity(keys, device, context);
  if (kind === 'infiniband')
    return withName(device, { mac: keys.like('HWADDR', /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/i)?.toLowerCase() });
  if (kind !== 'ethernet') return withName(device, {});
  const told = keys.mac('HWADDR');
  if (device === undefined) {
    if (told === undefined)
      keys.refuse('DEVICE', say('is not set, nor is HWADDR', '未设置，HWADDR 也未设置'));
    if (!/^[\w][\w .@+-]{0,63}$/.test(main.suffix)) keys.refuse('NAME', valueWords(main.suffix));
    return withMac(told);
  }
  const byRules = macNamed(device, context.given);
  if (told !== undefined && byRules !== undefined && told !== byRules)
    keys.refuse('HWADDR', say(`is not that of ${device} in udev's rules`, `与 udev 规则中的 ${device} 不符`));
  if (isKernelName(device)) return (told ?? byRules) ? withMac(told ?? byRules) : { interfaceName: device };
  if (told === undefined) return { interfaceName: device };
  return { interfaceName: device, mac: told, naming: { mac: told, name: device } };
}

const withMac = (mac: string | undefined): Identity => (mac === undefined ? {} : { mac });

const withName = (device: string | undefined, { mac }: { mac?: string | undefined }): Identity => ({
  ...(device === undefined ? {} : { interfaceName: device }),
  ...withMac(mac),
});

/** A tagged link has its parent's address, which many files repeat. */
function vlanIdentity(keys: Keys, device: string | undefined, { units }: LinkContext): Identity {
  const told = keys.mac('HWADDR');
  const parents = units.map(({ main }) => main.settings.HWADDR?.toLowerCase());
  if (told !== undefined && !parents.includes(told)) keys.refuse('HWADDR');
  return withName(device, {});
}

/** Of the NIC that udev's rules give this name. */
export const macNamed = (name: string, given: LinkContext['given']): string | undefined =>
  [...given].find(([, other]) => other === name)?.[0];
