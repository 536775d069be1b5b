import { isDeepStrictEqual } from 'node:util';
import { say, type Words } from '../../../../api/words.ts';
import { isLinkLocal, sameSubnet } from '../schema/address.ts';
import type { Family, Link } from '../schema/state.ts';
import type { Difference } from './difference.ts';

/** Gateways that are set anew and that the address's own subnet does not lead to. */
export const gatewaysOutside = ({ added, changed }: Difference): Words[] =>
  [...added.map((will) => ({ was: undefined, will })), ...changed].flatMap(({ was, will }) =>
    (['ipv4', 'ipv6'] as const).flatMap((key) => outside(was?.[key], will[key], will)),
  );

function outside(was: Family | undefined, { gateway, addresses }: Family, { name }: Link): Words[] {
  if (gateway === undefined || (was?.gateway === gateway && isDeepStrictEqual(was.addresses, addresses)))
    return [];
  if (isLinkLocal(gateway))
    return [
      say(
        `The gateway ${gateway} is a link-local address: it is known on ${name} only.`,
        `网关 ${gateway} 是链路本地地址：仅在 ${name} 上有效。`,
      ),
    ];
  if (addresses.some((each) => sameSubnet(...halves(each), gateway))) return [];
  return [
    say(
      `The gateway ${gateway} is in no subnet of ${name}: it has to be on the same wire.`,
      `网关 ${gateway} 不在 ${name} 的任何子网内：它必须在同一链路上。`,
    ),
  ];
}

const halves = (address: string): [string, number] => {
  const [host = '', prefix = ''] = address.split('/');
  return [host, Number(prefix)];
};
