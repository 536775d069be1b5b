import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Keyboard } from './keyboard.ts';
import { Qmp, tryConnect } from './qmp.ts';
import { newRunDir } from './run-dir.ts';
import type { Port } from './switch.ts';
import { PATIENCE_MS, until } from './wait.ts';

export type Firmware = 'BIOS' | 'UEFI';
export type Medium = 'DVD' | 'stick';

const COUNTDOWN =
  /The highlighted entry will be executed automatically in \d+s\.|Automatic boot in \d+ seconds?\W*|\s+/g;
const OVMF = '/usr/share/OVMF';

/** A machine without a disk that starts from an image as a DVD or a stick, or from the network, by its firmware alone. */
export class Pc {
  readonly #child: ChildProcess;
  readonly #dir: string;
  readonly keyboard: Keyboard;
  readonly #line: Socket;
  readonly #qmp: Qmp;

  static start(image: string, firmware: Firmware, medium: Medium): Promise<Pc> {
    const drive = ['-drive', `if=none,id=medium,format=raw,readonly=on,file=${image}`];
    const plugged = {
      DVD: ['-device', 'ide-cd,drive=medium,bootindex=0'],
      stick: ['-device', 'usb-ehci', '-device', 'usb-storage,drive=medium,bootindex=0'],
    }[medium];
    return Pc.#start(firmware, [...drive, ...plugged, '-no-reboot']);
  }

  /** Starts it from the network, again and again while nobody answers there. */
  static async fromNetwork(port: Port, firmware: Firmware): Promise<Pc> {
    const wire = `stream,id=wire,server=off,addr.type=unix,addr.path=${await port.listen()}`;
    const nic = `virtio-net-pci,netdev=wire,mac=${port.mac},bootindex=0`;
    // SeaBIOS tries again after the seconds of reboot-timeout.
    return Pc.#start(firmware, ['-netdev', wire, '-device', nic, '-boot', 'reboot-timeout=3000']);
  }

  static async #start(firmware: Firmware, more: string[]): Promise<Pc> {
    const dir = await newRunDir();
    const at = (name: string) => join(dir, name);
    if (firmware === 'UEFI') await copyFile(`${OVMF}/OVMF_VARS_4M.fd`, at('vars'));
    const uefi = [
      `if=pflash,format=raw,unit=0,readonly=on,file=${OVMF}/OVMF_CODE_4M.fd`,
      `if=pflash,format=raw,unit=1,file=${at('vars')}`,
    ].flatMap((drive) => ['-drive', drive]);
    const socket = (name: string) => `socket,id=${name},path=${at(name)},server=on,wait=off`;
    const child = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64', '-M', 'pc'],
        ...['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'qemu64', '-smp', '2', '-m', '1024'],
        ...['-nodefaults', '-vga', 'std', '-display', 'none'],
        ...(firmware === 'UEFI' ? uefi : []),
        ...more,
        ...['-chardev', socket('qmp'), '-mon', 'chardev=qmp,mode=control'],
        ...['-chardev', `${socket('serial')},logfile=${at('serial.log')}`, '-serial', 'chardev:serial'],
      ],
      { stdio: 'ignore' },
    );
    const qmp = await Qmp.open(at('qmp'));
    const line = await until('the serial line', () => tryConnect(at('serial')));
    return new Pc(child, dir, qmp, line);
  }

  private constructor(child: ChildProcess, dir: string, qmp: Qmp, line: Socket) {
    this.#child = child;
    this.#dir = dir;
    this.#qmp = qmp;
    this.keyboard = new Keyboard(qmp);
    this.#line = line;
    line.resume();
  }

  /** Its reset button. */
  async reset(): Promise<void> {
    await this.#qmp.execute('system_reset');
  }

  /** Types on the serial line. */
  typeOnLine(text: string): void {
    this.#line.write(text);
  }

  /** Waits for a text on the serial line. @returns all that was seen there, without control sequences */
  async see(pattern: RegExp, limitMs = PATIENCE_MS): Promise<string> {
    const seen = async () => {
      const text = await this.serial();
      if (pattern.test(text)) return text;
      if (this.#child.exitCode !== null) throw new Error(`ended without ${pattern}:\n${text}`);
      return undefined;
    };
    return until(`${pattern} on the serial line`, seen, { limitMs });
  }

  /** Waits until nothing is drawn but a countdown: only then does a menu of the firmware's read what is typed. */
  async settled(): Promise<void> {
    let last = '';
    let since = performance.now();
    await until('nothing more is drawn', async () => {
      const now = (await this.serial()).replace(COUNTDOWN, '');
      if (now !== last) since = performance.now();
      last = now;
      return performance.now() - since > 1000 || undefined;
    });
  }

  async serial(): Promise<string> {
    const text = await readFile(join(this.#dir, 'serial.log'), 'latin1').catch(() => '');
    return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await rm(this.#dir, { recursive: true, force: true });
  }
}
