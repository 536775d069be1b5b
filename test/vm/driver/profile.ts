import type { Machine } from './machine.ts';
import { PATIENCE_MS, until } from './wait.ts';

/** ens16 gets an address that stays. */
export async function profile(machine: Machine, address: string, gateway?: string): Promise<void> {
  const known = async () => (await machine.run(['nmcli', '-t', 'd'])).includes('ens16:ethernet') || undefined;
  await until('ens16', known, { limitMs: PATIENCE_MS });
  const route = gateway === undefined ? '' : `ipv4.gateway ${gateway}`;
  await machine.shell(
    `nmcli -t c add type ethernet con-name ens16 ifname ens16 ipv4.method manual ipv4.addresses ${address} ${route} ipv6.method disabled; nmcli -w 60 c up ens16`,
    { limitMs: PATIENCE_MS },
  );
}
