import { versionOf } from '../../network/change/schema/address.ts';

/** The addresses that are still given, by MAC address, from dnsmasq's file of them. @param now in milliseconds since 1970 */
export function leasesIn(text: string, now: number): Map<string, string> {
  const lines = text.split('\n').map((line) => line.split(' '));
  return new Map(
    lines.flatMap(([ends, mac, address]): [string, string][] =>
      mac !== undefined && address !== undefined && versionOf(address) === 4 && Number(ends) * 1000 > now
        ? [[mac, address]]
        : [],
    ),
  );
}
