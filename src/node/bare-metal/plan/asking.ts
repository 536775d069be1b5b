import type { Asking } from '../schema/pxe.ts';

/** What a line of dnsmasq says, behind the time and the host's name that the journal writes before it. */
const LINE = /^(\d+)(?:\.\d+)? .*?dnsmasq(?:-dhcp)?\[\d+\]: (?:dnsmasq(?:-dhcp)?\[\d+\]: )?(.*)$/;
const STARTED = /^started, /;
const CLASS = /^(\d+) vendor class: PXEClient:Arch:(\d{5})/;
const DISCOVER = /^(\d+) DHCPDISCOVER\(\S+\) (?:[\d.]+ )?((?:[0-9a-f]{2}:){5}[0-9a-f]{2}) *(\w*)/;
/** Of a machine's firmware, as RFC 4578 numbers them. */
const FIRMWARE: Readonly<Record<string, Asking['firmware']>> = {
  '00000': 'bios',
  '00007': 'uefi',
  '00009': 'uefi',
};

/**
 * Machines that asked to start from the network and got no answer, the last one first, since the service was started.
 * @param log the journal's lines of the service, as `--output=short-unix` writes them
 */
export function askingIn(log: string): Asking[] {
  let classes = new Map<string, string>();
  let asking = new Map<string, Asking>();
  for (const line of log.split('\n')) {
    const [, seconds = '', said = ''] = LINE.exec(line) ?? [];
    if (STARTED.test(said)) [classes, asking] = [new Map(), new Map()];
    const [, of = '', arch = ''] = CLASS.exec(said) ?? [];
    if (of !== '') classes.set(of, arch);
    const [, xid = '', mac = '', answer = ''] = DISCOVER.exec(said) ?? [];
    const kind = classes.get(xid);
    if (mac === '' || kind === undefined) continue;
    asking.delete(mac);
    const firmware = FIRMWARE[kind];
    if (answer === 'ignored')
      asking.set(mac, { mac, at: Number(seconds) * 1000, ...(firmware && { firmware }) });
  }
  return [...asking.values()].reverse();
}
