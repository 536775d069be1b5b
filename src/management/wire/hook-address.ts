import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** No client of ours is there: what listens at these addresses does so for its own machine, or is nobody's. */
const NOBODY = blocked(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
);
const LOOP = blocked(['127.0.0.0', 8], ['::1', 128]);

function blocked(...nets: [net: string, bits: number][]): BlockList {
  const list = new BlockList();
  for (const [net, bits] of nets) list.addSubnet(net, bits, familyOf(net));
  return list;
}

/**
 * Whether the service may send to an address on behalf of a client: never to link-local ones, where clouds keep what is
 * meant for a machine alone; to this machine itself only for clients on it, which reach all of that without us.
 * @param isHere the client is on this machine
 */
export function mayBeToldAt(address: string, isHere: boolean): boolean {
  const family = familyOf(address);
  if (NOBODY.check(address, family)) return false;
  return isHere || !(LOOP.check(address, family) || isOwn(address));
}

const isOwn = (address: string): boolean =>
  Object.values(networkInterfaces()).some((own) => own?.some((each) => each.address === plain(address)));

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
