import { networkInterfaces } from 'node:os';

/** Where a service listens that is no development run. */
export const EVERYWHERE = '::';
const MOST = 8;

/** What is only about to be an address of this machine is told for so long. */
const ANNOUNCED_MILLISECONDS = 15 * 60_000;

/** Where hosts reach this management node: now, and soon. */
export class Addresses {
  /** It listens at all addresses of this machine. */
  isOpen = false;
  #announced: readonly string[] = [];
  #until = 0;

  announce(addresses: readonly string[]): void {
    this.#announced = addresses;
    this.#until = performance.now() + ANNOUNCED_MILLISECONDS;
  }

  now(): string[] {
    if (!this.isOpen) return [];
    const announced = performance.now() < this.#until ? this.#announced : [];
    return [...new Set([...announced, ...ownAddresses()])].slice(0, MOST);
  }
}

/** Where people reach this machine when its configuration does not say: its first address, IPv4 before IPv6. */
export function likelyAddress(): string {
  const own = ownAddresses();
  return own.find((address) => !address.includes(':')) ?? own[0] ?? '127.0.0.1';
}

/** Addresses of this machine that others may reach it at: what is good on one link alone is none. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
  return all
    .filter(({ internal, scopeid = 0 }) => !internal && scopeid === 0)
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('169.254.'));
}
