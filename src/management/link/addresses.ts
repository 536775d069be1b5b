import { networkInterfaces } from 'node:os';

const MOST = 8;

/** Addresses of this machine that others may reach it at: what is good on one link alone is none. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
  return all
    .filter(({ internal, scopeid = 0 }) => !internal && scopeid === 0)
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('169.254.'))
    .slice(0, MOST);
}
