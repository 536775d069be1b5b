import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const MEDIUM: Readonly<Record<string, string>> = {
  '.treeinfo':
    '[general]\nfamily = Made Up Linux\nname = Made Up Linux 9.0\nversion = 9.0\n\n[tree]\nname = other\n',
  'images/pxeboot/vmlinuz': 'kernel\n',
  'images/pxeboot/initrd.img': 'initrd\n',
  'images/install.img': 'the installer\n',
  'EFI/BOOT/BOOTX64.EFI': 'shim\n',
  'EFI/BOOT/grubx64.efi': 'grub\n',
};

/** A new folder with all that an installation medium needs, none of it real. */
export function madeUpMedium(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pxe-medium-'));
  for (const [name, text] of Object.entries(MEDIUM)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
