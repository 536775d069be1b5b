import type { Secret } from '../api/secret-text.ts';

/** A machine's own controller (BMC), which answers while the machine is off. */
export interface BmcLogin {
  address: string;
  port: number;
  user: string;
  password: Secret;
}

export interface BootChoice {
  device: 'pxe' | 'disk';
  firmware: 'bios' | 'uefi';
}

/**
 * What is asked of it, by whichever protocol. Faults: `unavailable` (no answer), `timeout`, `refused` (user or password),
 * `conflict` (the machine does not stand so, or cannot do it), `failed` with its own words; each names the address.
 */
export interface Bmc {
  power(): Promise<'on' | 'off'>;
  /** Settles when it was taken, not when it is done. `off` is at once, as by the switch. */
  order(order: 'on' | 'off' | 'reset'): Promise<void>;
  /** For the next start alone. */
  bootOnce(choice: BootChoice): Promise<void>;
}
