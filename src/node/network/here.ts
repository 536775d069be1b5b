import { hostname, networkInterfaces } from 'node:os';
import { canonical } from './change/schema/address.ts';

/** Whether a host is this machine: an address of the loop, or one of its own. */
export function isHere(host: string): boolean {
  const wanted = canonical(host);
  if (/^(localhost|127\..*|::1)$/.test(wanted) || host === hostname()) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === wanted));
}
