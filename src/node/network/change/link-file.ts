/** systemd's file that names a NIC at the next boot, by its permanent MAC: its name and its text. */
export const linkFile = ({ mac, name }: { mac: string; name: string }): [file: string, text: string] => [
  `10-zs-${mac.replaceAll(':', '')}.link`,
  `[Match]\nPermanentMACAddress=${mac}\n\n[Link]\nName=${name}\n`,
];

/** Whether a file of that name was written here. */
export const isOurs = (file: string): boolean => /^10-zs-[0-9a-f]{12}\.link$/.test(file);
