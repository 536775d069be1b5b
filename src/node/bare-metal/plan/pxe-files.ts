import { type Installation, startOf } from '../schema/install.ts';
import type { PxeSettings } from '../schema/pxe.ts';
import { machineKickstart } from './machine-kickstart.ts';

/** A machine that is to be installed. */
export interface Guest {
  name: string;
  installation: Installation;
}

export interface PxePlaces {
  /** Of what is laid out for the machines; the service reads it and root alone writes. */
  folder: string;
  /** Of what the service writes itself: leases, and how far machines are. */
  state: string;
  /** The installation medium. */
  medium: string;
  /** Of HTTP. */
  port: number;
}

/** Below the TFTP folder. */
export const LOADERS = { bios: 'boot/grub/i386-pc/core.0', uefi: 'EFI/BOOT/BOOTX64.EFI' } as const;
/** Where a loader looks for its menu, each beside itself. */
const MENUS = ['boot/grub/grub.cfg', 'EFI/BOOT/grub.cfg'];
export const TFTP = 'tftp';
/**
 * Of the medium's kernel, below the TFTP folder. Loaders fetch it by TFTP: GRUB 2.06 on a BIOS machine closed its HTTP
 * connection after two megabytes of eight and waited for ever.
 */
export const KERNEL = 'kernel';
export const KICKSTARTS = 'ks';

const hostOf = ({ address }: PxeSettings, { port }: PxePlaces): string => `${address}:${port}`;

/** What lies in the folder besides the loaders, by its place there. @param generation of Enterprise Linux, of the medium */
export function pxeFiles(
  settings: PxeSettings,
  places: PxePlaces,
  generation: number,
): Record<string, string> {
  return {
    'dnsmasq.conf': dnsmasq(settings, places),
    'http.env': `ZS_PXE_ADDRESS=${settings.address}/${settings.prefix}\n`,
    'settings.json': JSON.stringify({ settings, generation }),
    ...Object.fromEntries(MENUS.map((place) => [`${TFTP}/${place}`, menu(settings)])),
  };
}

/** Machines that were not asked to be installed get no answer at all. */
function dnsmasq({ nic, netmask, first, last }: PxeSettings, { folder, state }: PxePlaces): string {
  return `# DHCP and TFTP for machines that are installed over the network, and nothing else.
port=0
interface=${nic}
except-interface=lo
bind-interfaces
pid-file=
log-facility=-
log-dhcp
dhcp-range=${first},${last},${netmask},1h
dhcp-hostsfile=${folder}/hosts
dhcp-leasefile=${state}/leases
dhcp-ignore=tag:!known
# No way out of this network is told: none is needed.
dhcp-option=option:router
dhcp-match=set:bios,option:client-arch,0
dhcp-match=set:uefi,option:client-arch,7
dhcp-match=set:uefi,option:client-arch,9
dhcp-boot=tag:bios,${LOADERS.bios}
dhcp-boot=tag:uefi,${LOADERS.uefi}
enable-tftp
tftp-root=${folder}/${TFTP}
`;
}

/** The loaders' menu, on the serial line too: that of the machine which asks. */
const menu = ({ address }: PxeSettings): string => `set timeout=0
set default=0
if serial --unit=0 --speed=115200; then
  terminal_input --append serial
  terminal_output --append serial
fi
source (tftp,${address})/machines/$net_default_mac
menuentry 'Nothing is to be installed on this machine' {
\techo 'Nothing is to be installed on this machine.'
\texit
}
`;

/** What is laid out for machines, by its place in the folder. */
export function guestFiles(
  guests: readonly Guest[],
  settings: PxeSettings,
  places: PxePlaces,
  generation: number,
): Record<string, string> {
  const host = hostOf(settings, places);
  const files = guests.flatMap(({ name, installation }): [string, string][] => {
    const { token } = installation;
    const sources = { medium: `http://${host}/medium`, installed: `http://${host}/installed/${token}` };
    return [
      [`${KICKSTARTS}/${token}.ks`, machineKickstart(name, installation, sources)],
      [
        `${TFTP}/machines/${startOf(installation)}`,
        guestMenu(name, installation, { address: settings.address, host, generation }),
      ],
    ];
  });
  const hosts = guests.map(({ installation }) => `${startOf(installation)}\n`);
  return { hosts: hosts.join(''), ...Object.fromEntries(files) };
}

/** Started from the network once more it installs itself once more: GRUB has no way to ask HTTP whether there is a file. */
function guestMenu(
  name: string,
  installation: Installation,
  { address, host, generation }: { address: string; host: string; generation: number },
): string {
  const { token, vnc } = installation;
  const remote = generation === 9 ? 'inst.vnc' : 'inst.rdp';
  const options = [
    `inst.repo=http://${host}/medium`,
    `inst.ks=http://${host}/ks/${token}.ks`,
    `BOOTIF=01-${startOf(installation).replaceAll(':', '-')}`,
    'ip=dhcp',
    ...(vnc ? [remote] : []),
    'quiet',
  ];
  return `menuentry 'Install ${name}' {
\techo 'Installing ${name} over the network ...'
\tlinux (tftp,${address})/${KERNEL}/vmlinuz ${options.join(' ')}
\tinitrd (tftp,${address})/${KERNEL}/initrd.img
}
`;
}
