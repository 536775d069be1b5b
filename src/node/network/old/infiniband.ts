import { say } from '../../../api/words.ts';
import type { LinkContext, OldLink } from './context.ts';
import type { Keys } from './keys.ts';
import type { Sections } from './profile.ts';

/** InfiniBand, with addresses of twenty bytes; a partition of one stands on it as a tagged link does. */
export function infinibandSections(keys: Keys, link: OldLink, { units }: LinkContext): Sections {
  const isPartition = keys.yes('PKEY') === true;
  const key = isPartition ? keys.like('PKEY_ID', /^(0x[0-9a-f]{1,4}|\d{1,5})$/i) : undefined;
  const parent = isPartition ? keys.text('PHYSDEV') : undefined;
  const number = Number(key) | 0x8000;
  if (isPartition) {
    // That is how the kernel calls it, and NetworkManager takes no other name.
    if (link.unit.device !== `${parent}.${number.toString(16)}`) keys.refuse('PKEY_ID');
    const below = units.find(({ device }) => device === parent);
    if (below === undefined)
      keys.refuse('PHYSDEV', say(`${parent} has no file here`, `${parent} 没有对应文件`));
    else link.needs.push(below.main.file);
  }
  return {
    infiniband: {
      'mac-address': link.mac,
      mtu: keys.number('MTU', 68, 65520),
      'transport-mode': keys.yes('CONNECTED_MODE') === true ? 'connected' : 'datagram',
      'p-key': key === undefined ? undefined : number,
      parent,
    },
  };
}
