import { existsSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { mustRun } from '../../system/exec.ts';
import { ensureFolder } from '../../system/files.ts';
import { LOADERS } from './plan/pxe-files.ts';

const EFI = 'EFI/BOOT';
/** The same program, by the names of both families. */
const MAKERS = ['/usr/bin/grub2-mknetdir', '/usr/bin/grub-mknetdir'];
const BIOS_MODULES = '/usr/lib/grub/i386-pc';
const MAKE_MILLISECONDS = 60_000;

/** Throws `unavailable` with what is missing for machines that start as BIOS machines do. */
export function checkBios(): string {
  const maker = MAKERS.find((path) => existsSync(path));
  if (maker === undefined || !existsSync(BIOS_MODULES)) throw noBios();
  return maker;
}

/** Throws `unavailable` when the medium has no loader for UEFI machines. */
export function checkUefi(medium: string): void {
  const place = join(medium, LOADERS.uefi);
  if (!existsSync(place))
    throw new Fault('unavailable', say(`the medium has no ${LOADERS.uefi}`, `安装介质缺少 ${LOADERS.uefi}`));
}

/** Lays out the loader for BIOS machines: GRUB of this node, which came from the medium. */
export async function layBios(tftp: string): Promise<void> {
  const options = [`--net-directory=${tftp}`, '--subdir=boot/grub', `--directory=${BIOS_MODULES}`];
  await mustRun([checkBios(), ...options, '--locales=', '--fonts=', '--themes='], {
    timeout: MAKE_MILLISECONDS,
  });
}

/** Lays out the medium's loaders for UEFI machines, those that its signatures hold for. */
export async function layUefi(medium: string, tftp: string): Promise<void> {
  checkUefi(medium);
  await ensureFolder(join(tftp, EFI));
  for (const name of await readdir(join(medium, EFI)))
    if (/\.efi$/i.test(name)) await cp(join(medium, EFI, name), join(tftp, EFI, name));
}

const noBios = (): Fault =>
  new Fault(
    'unavailable',
    say('GRUB for BIOS machines is not installed here', '本节点未安装用于 BIOS 机器的 GRUB'),
    {
      next: say(
        'dnf install grub2-pc-modules grub2-tools-extra',
        '执行 dnf install grub2-pc-modules grub2-tools-extra',
      ),
    },
  );
