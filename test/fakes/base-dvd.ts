import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SmallPackage, smallPackages } from './rpm.ts';

/** A made-up installation DVD in the layout of a generation of Enterprise Linux, that boots by Debian's boot parts. */
export interface BaseDvd {
  generation: 9 | 10;
  label?: string;
  arch?: string;
  /** Packages of BaseOS and AppStream. */
  packages: readonly SmallPackage[];
  /** Files that boot, and what they boot; without them only the places are taken. */
  kernel?: string;
  initrd?: string;
  /** Top-level folders that are left out. */
  without?: readonly string[];
  /** Bytes of one more file, which takes no room here: for an image as large as a real one. */
  filler?: number;
}

const FILLER = 'images/filler.img';
const DATE = new Date('2026-01-02T03:04:05Z');
const SYSLINUX = '/usr/lib/syslinux/modules/bios';
const GRUB_MODULES =
  'normal configfile search search_label linux iso9660 fat part_gpt part_msdos all_video serial terminal test echo gzio';

/** Makes the image at `out`. */
export function baseDvd(out: string, dvd: BaseDvd): void {
  const tree = mkdtempSync(join(tmpdir(), 'base-dvd-'));
  // As of real ones: what serves it to other machines does not run as root.
  chmodSync(tree, 0o755);
  try {
    const label = dvd.label ?? `Made-Up-${dvd.generation}-0-x86_64-dvd`;
    repositories(tree, dvd);
    put(tree, '.discinfo', `1700000000.000000\n${dvd.generation}.0\n${dvd.arch ?? 'x86_64'}\n`);
    put(tree, '.treeinfo', treeinfo(dvd));
    put(tree, 'images/install.img', 'the installer\n'.repeat(1000));
    if (dvd.filler !== undefined) {
      put(tree, FILLER, '');
      truncateSync(join(tree, FILLER), dvd.filler);
    }
    for (const name of ['vmlinuz', 'initrd.img'] as const) {
      const given = name === 'vmlinuz' ? dvd.kernel : dvd.initrd;
      put(tree, `images/pxeboot/${name}`, `${name}\n`);
      if (given !== undefined) copyFileSync(given, join(tree, 'images/pxeboot', name));
    }
    put(tree, 'EFI/BOOT/grub.cfg', grubMenu(label, dvd.generation === 9 ? 'linuxefi' : 'linux'));
    grub('x86_64-efi', '/EFI/BOOT', join(tree, 'EFI/BOOT/BOOTX64.EFI'));
    const efi = efiImage(tree);
    const boot = dvd.generation === 9 ? isolinux(tree, label, efi) : grubBios(tree, label, efi);
    for (const name of dvd.without ?? []) rmSync(join(tree, name), { recursive: true });
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(DATE.getTime() / 1000) };
    execFileSync(
      'xorriso',
      ['-as', 'mkisofs', '-quiet', '-o', out, '-iso-level', '3', '-R', '-J', '-V', label, ...boot, tree],
      { env, stdio: 'pipe' },
    );
    execFileSync('implantisomd5', ['--force', out], { stdio: 'pipe' });
  } finally {
    rmSync(tree, { recursive: true });
  }
}

function put(tree: string, name: string, text: string): void {
  const place = join(tree, name);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
}

function repositories(tree: string, { packages }: BaseDvd): void {
  const group = (
    id: string,
    names: readonly string[],
  ) => `  <group><id>${id}</id><name>${id}</name><description>${id}</description><default>false</default><uservisible>true</uservisible>
    <packagelist>${names.map((name) => `<packagereq type="mandatory">${name}</packagereq>`).join('')}</packagelist></group>`;
  const environment = (
    id: string,
  ) => `  <environment><id>${id}</id><name>${id}</name><description>stock</description><display_order>1</display_order>
    <grouplist><groupid>core</groupid></grouplist><optionlist></optionlist></environment>`;
  const half = Math.ceil(packages.length / 2);
  const parts = { BaseOS: packages.slice(0, half), AppStream: packages.slice(half) };
  for (const [name, some] of Object.entries(parts)) {
    const folder = join(tree, name);
    smallPackages(join(folder, 'Packages'), some);
    const inner =
      name === 'BaseOS'
        ? [group('core', [some[0]?.name ?? '']), environment('minimal-environment')]
        : [environment('graphical-server-environment')];
    const comps = `<?xml version="1.0" encoding="UTF-8"?>\n<comps>\n${inner.join('\n')}\n</comps>\n`;
    put(tree, `${name}.xml`, comps);
    execFileSync('createrepo_c', ['-q', '--revision=1', '-g', join(tree, `${name}.xml`), folder]);
    rmSync(join(tree, `${name}.xml`));
  }
  put(
    tree,
    'modules.yaml',
    '---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: made-up\n  stream: "1"\n...\n',
  );
  execFileSync(
    'modifyrepo_c',
    ['--mdtype=modules', join(tree, 'modules.yaml'), join(tree, 'AppStream/repodata')],
    { stdio: 'pipe' },
  );
  rmSync(join(tree, 'modules.yaml'));
}

function treeinfo({ generation, arch = 'x86_64' }: BaseDvd): string {
  const variant = (id: string) =>
    `[variant-${id}]\nid = ${id}\nname = ${id}\npackages = ${id}/Packages\nrepository = ${id}\ntype = variant\nuid = ${id}\n`;
  return `[checksums]
images/install.img = sha256:0

[general]
arch = ${arch}
family = Made Up Linux
name = Made Up Linux ${generation}.0
packagedir = BaseOS/Packages
platforms = ${arch},xen
repository = BaseOS
timestamp = 1700000000
variant = BaseOS
variants = AppStream,BaseOS
version = ${generation}.0

[images-${arch}]
initrd = images/pxeboot/initrd.img
kernel = images/pxeboot/vmlinuz

[stage2]
mainimage = images/install.img

[tree]
arch = ${arch}
build_timestamp = 1700000000
platforms = ${arch},xen
variants = AppStream,BaseOS

${variant('AppStream')}
${variant('BaseOS')}`;
}

const grubMenu = (label: string, linux: string): string => {
  const initrd = linux === 'linuxefi' ? 'initrdefi' : 'initrd';
  const entry = (title: string, more: string) => `menuentry '${title}' --class os {
\t${linux} /images/pxeboot/vmlinuz inst.stage2=hd:LABEL=${label} ${more}
\t${initrd} /images/pxeboot/initrd.img
}`;
  return `set default="1"

function load_video {
  insmod all_video
}

load_video
set gfxpayload=keep
insmod part_gpt

set timeout=60
search --no-floppy --set=root -l '${label}'

${entry('Install Made Up Linux', 'quiet')}
${entry('Test this media & install Made Up Linux', 'rd.live.check quiet')}
submenu 'Troubleshooting -->' {
${entry('Rescue a Made Up Linux system', 'inst.rescue quiet')}
}
`;
};

function grub(target: string, prefix: string, out: string): void {
  const more =
    target === 'i386-pc-eltorito' ? ['biosdisk'] : ['efi_gop', 'linuxefi', 'efinet', 'net', 'tftp', 'http'];
  execFileSync('grub-mkimage', ['-O', target, '-p', prefix, '-o', out, ...GRUB_MODULES.split(' '), ...more]);
}

function efiImage(tree: string): string {
  const image = join(tree, 'images/efiboot.img');
  execFileSync('truncate', ['-s', '10M', image]);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(DATE.getTime() / 1000) };
  execFileSync('mformat', ['-i', image, '-v', 'ANACONDA', '-N', '12345678', '::'], { env });
  for (const folder of ['EFI', 'EFI/BOOT']) execFileSync('mmd', ['-i', image, `::${folder}`], { env });
  for (const name of readdirSync(join(tree, 'EFI/BOOT')))
    execFileSync('mcopy', ['-i', image, join(tree, 'EFI/BOOT', name), `::EFI/BOOT/${name}`], { env });
  return image;
}

function isolinux(tree: string, label: string, efi: string): string[] {
  const folder = join(tree, 'isolinux');
  mkdirSync(folder);
  copyFileSync('/usr/lib/ISOLINUX/isolinux.bin', join(folder, 'isolinux.bin'));
  for (const name of ['ldlinux', 'vesamenu', 'libcom32', 'libutil'])
    copyFileSync(join(SYSLINUX, `${name}.c32`), join(folder, `${name}.c32`));
  for (const name of ['vmlinuz', 'initrd.img'])
    copyFileSync(join(tree, 'images/pxeboot', name), join(folder, name));
  const entry = (name: string, title: string, more: string) =>
    `label ${name}\n  menu label ${title}\n  kernel vmlinuz\n  append initrd=initrd.img inst.stage2=hd:LABEL=${label} ${more}\n`;
  put(
    tree,
    'isolinux/isolinux.cfg',
    `default vesamenu.c32
timeout 600

menu title Made Up Linux 9.0
menu separator # insert an empty line

${entry('linux', '^Install Made Up Linux 9.0', 'quiet')}
${entry('check', 'Test this ^media', 'rd.live.check quiet').replace('  kernel', '  menu default\n  kernel')}
menu separator # insert an empty line

menu begin ^Troubleshooting
  menu title Troubleshooting

${entry('rescue', '^Rescue a Made Up Linux system', 'inst.rescue quiet')}
label returntomain
  menu label Return to ^main menu
  menu exit

menu end
`,
  );
  const bios = [
    '-b',
    'isolinux/isolinux.bin',
    '-c',
    'isolinux/boot.cat',
    '-no-emul-boot',
    '-boot-load-size',
    '4',
    '-boot-info-table',
  ];
  const uefi = ['-eltorito-alt-boot', '-e', efi.slice(tree.length + 1), '-no-emul-boot'];
  return [...bios, ...uefi, '-isohybrid-mbr', '/usr/lib/ISOLINUX/isohdpfx.bin', '-isohybrid-gpt-basdat'];
}

function grubBios(tree: string, label: string, efi: string): string[] {
  put(tree, 'boot/grub2/grub.cfg', grubMenu(label, 'linux'));
  grub('i386-pc-eltorito', '/boot/grub2', join(tree, 'images/eltorito.img'));
  const outside = `${tree}.efi`;
  copyFileSync(efi, outside);
  rmSync(efi);
  const bios = [
    '-b',
    'images/eltorito.img',
    '--boot-catalog-hide',
    '-no-emul-boot',
    '-boot-load-size',
    '4',
    '-boot-info-table',
    '--grub2-boot-info',
  ];
  const uefi = ['-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot'];
  return [
    '--grub2-mbr',
    '/usr/lib/grub/i386-pc/boot_hybrid.img',
    '-partition_offset',
    '16',
    '-appended_part_as_gpt',
    '-append_partition',
    '2',
    'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
    outside,
    ...bios,
    ...uefi,
  ];
}
