import { hostname, networkInterfaces } from 'node:os';

/** Whether a host is this machine: an address of the loop, or one of its own. */
export function isHere(host: string): boolean {
  if (/^(localhost|127\..*|::1)$/.test(host) || host === hostname()) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === host));
}
