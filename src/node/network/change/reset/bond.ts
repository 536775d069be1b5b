import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionsProblem } from '../schema/bond.ts';

/** What is asked of the kernel, beside the mode. */
const OPTIONS = [
  'miimon',
  'updelay',
  'downdelay',
  'arp_ip_target',
  'arp_interval',
  'lacp_rate',
  'xmit_hash_policy',
  'primary',
  'fail_over_mac',
];
/** Values that say no more than that the option is not set. */
const UNSET = new Set(['', '0', 'none']);

/** Mode and options of a bond as the kernel has them; those that fit no bond of that mode are left out. */
export async function bondOfKernel(name: string): Promise<{ mode: string; options: Record<string, string> }> {
  const read = async (option: string) => {
    const text = await readFile(join('/sys/class/net', name, 'bonding', option), 'utf8').catch(() => '');
    // `802.3ad 4`: the number says the same; targets of ARP are a list.
    return option === 'arp_ip_target'
      ? text.trim().replaceAll(/\s+/g, ',')
      : (text.trim().split(/\s+/)[0] ?? '');
  };
  const mode = (await read('mode')) || 'active-backup';
  const values = await Promise.all(OPTIONS.map(async (option) => [option, await read(option)] as const));
  const options: Record<string, string> = {};
  for (const [option, value] of values)
    if (!UNSET.has(value) && optionsProblem(mode as never, { ...options, [option]: value }) === undefined)
      options[option] = value;
  return { mode, options };
}
