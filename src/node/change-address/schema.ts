import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { say, type Words } from '../../api/words.ts';
import { canonical, versionOf } from '../network/change/schema/address.ts';

const address = z
  .string()
  .trim()
  .check((payload) => {
    if (versionOf(payload.value) !== undefined) return;
    const words = say('is not a valid IP address', '不是有效的 IP 地址');
    payload.issues.push({ code: 'custom', input: payload.value, message: words.en, params: { words } });
  })
  .transform(canonical);

export interface AddressChanged {
  /** Steps that were made, in words; none when all was so already. */
  done: Words[];
  /** What was not told of the new address. */
  warnings: Words[];
}

/**
 * Tells everything on this management node its new address, which a NIC of it has already: /etc/hosts, node.ini,
 * zstack.properties, accounts of the database, the broker's user. As a whole or not at all. `broker` and `database` name
 * other machines for those. Faults: `conflict`, field `ip`, when no NIC has the address.
 */
export const changeAddress = defineAction<AddressChanged>()({
  name: 'management.changeAddress',
  input: z.object({ ip: address, broker: address.optional(), database: address.optional() }),
  access: ['password'],
  lane: 'services',
});
