import { join } from 'node:path';
import type { Image } from '../../../scripts/vm/images.mts';

export interface QemuOptions {
  name: string;
  /** Folder of this run: sockets, overlay, logs. Short, since a unix socket's path ends at 107 characters. */
  dir: string;
  image: Image;
  /** The overlay that the machine writes to. */
  disk: string;
  sshPort: number;
  memoryMb: number;
  cpus: number;
  /** Added to the kernel's command line. */
  append: string;
  /** RAM in a file: `shared` when it is to be kept, private (copy on write) when it is started from. */
  ram?: { file: string; shared: boolean };
  /** Waits for a saved state in place of booting. */
  incoming: boolean;
  /** A VNC display, as in '127.0.0.1:0'; none when not given. */
  vnc?: string;
  /** An image in the machine's DVD drive; without one it has no drive. */
  dvd?: string;
}

const KERNEL_LINE =
  'root=/dev/vda rw console=tty0 console=ttyS0,115200 quiet loglevel=3 nokaslr mitigations=off nowatchdog';

/** Fixed PCI slots, so that names in the machine (ens3, ens16 …) are the same in every run. */
export const SLOT = { management: 3, agent: 4, disk: 5, random: 6, nic: 16, extraDisk: 24 };

/**
 * The command that runs the machine: software emulation, paused until told to go on.
 * It dies with the process that started it, however that ends.
 */
export function qemuCommand(options: QemuOptions): string[] {
  const { dir, image } = options;
  return [
    ...['setpriv', '--pdeathsig', 'KILL', '--', 'qemu-system-x86_64', '-name', options.name, '-S'],
    ...['-M', 'pc,memory-backend=ram', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'qemu64'],
    ...['-smp', String(options.cpus), '-m', String(options.memoryMb), ...ramArgs(options)],
    ...['-nodefaults', '-vga', 'std', '-display', options.vnc ? `vnc=${options.vnc}` : 'none'],
    ...[
      '-kernel',
      image.kernel,
      '-initrd',
      image.initrd,
      '-append',
      `${KERNEL_LINE} ${options.append}`.trim(),
    ],
    ...['-drive', `file=${options.disk},if=none,id=disk,format=qcow2`],
    ...device('virtio-blk-pci,drive=disk', SLOT.disk),
    ...dvdArgs(options),
    ...[
      '-chardev',
      `socket,id=qmp,path=${join(dir, 'qmp')},server=on,wait=off`,
      '-mon',
      'chardev=qmp,mode=control',
    ],
    ...[
      '-chardev',
      `socket,id=serial,path=${join(dir, 'serial')},server=on,wait=off,logfile=${join(dir, 'serial.log')}`,
    ],
    ...['-serial', 'chardev:serial', ...agentArgs(dir)],
    ...['-netdev', `user,id=management,restrict=on,hostfwd=tcp:127.0.0.1:${options.sshPort}-10.0.2.15:22`],
    ...device('virtio-net-pci,netdev=management,mac=52:54:00:00:00:01,romfile=', SLOT.management),
    ...device('virtio-rng-pci', SLOT.random),
    // Tells a clone's kernel that it is one, or all clones would draw the same random numbers.
    ...['-device', 'vmgenid,guid=auto', ...(options.incoming ? ['-incoming', 'defer'] : [])],
  ];
}

function ramArgs({ memoryMb, ram }: QemuOptions): string[] {
  if (!ram) return ['-object', `memory-backend-ram,id=ram,size=${memoryMb}M`];
  const share = ram.shared ? 'on' : 'off';
  return ['-object', `memory-backend-file,id=ram,size=${memoryMb}M,mem-path=${ram.file},share=${share}`];
}

function dvdArgs({ dvd }: QemuOptions): string[] {
  if (dvd === undefined) return [];
  return ['-drive', `file=${dvd},if=none,id=dvd,format=raw,readonly=on`, '-device', 'ide-cd,drive=dvd'];
}

function agentArgs(dir: string): string[] {
  const chardev = `socket,id=agent,path=${join(dir, 'agent')},server=on,wait=off`;
  return [
    ...device('virtio-serial-pci', SLOT.agent),
    '-chardev',
    chardev,
    '-device',
    'virtserialport,chardev=agent,name=zs.test.agent',
  ];
}

function device(text: string, slot: number): string[] {
  return ['-device', `${text},addr=0x${slot.toString(16)}`];
}
