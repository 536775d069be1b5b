import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, until } from '../servers.ts';

/**
 * Waits for a key (int 16h), shows it (int 10h) and writes it to QEMU's debug port, for ever: the first sector of a
 * disk, as the BIOS starts it.
 */
const PROGRAM = [0xb4, 0x00, 0xcd, 0x16, 0xb4, 0x0e, 0xb7, 0x00, 0xcd, 0x10, 0xe6, 0xe9, 0xeb, 0xf2];
/** Sets up the first serial line, and sends back whatever comes in, for ever (int 14h). */
const ECHO = [
  ...[0xb4, 0x00, 0xb0, 0xe3, 0xba, 0x00, 0x00, 0xcd, 0x14],
  ...[0xb4, 0x02, 0xcd, 0x14, 0xf6, 0xc4, 0x80, 0x75, 0xf7, 0xb4, 0x01, 0xcd, 0x14, 0xeb, 0xf1],
];
const SECTOR = 512;

function bootSector(path: string, program: readonly number[]): void {
  const disk = Buffer.alloc(SECTOR);
  Buffer.from(program).copy(disk);
  disk.writeUInt16LE(0xaa55, SECTOR - 2);
  writeFileSync(path, disk);
}

/** A disk whose machine sends back whatever comes in by its first serial line. */
export const echoDisk = (path: string): void => bootSector(path, ECHO);

/** A real machine in QEMU that echoes keys, with its screen by VNC on a unix socket. A reset ends it. */
export class KeyGuest {
  readonly screen: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'key-guest-'));
  readonly #child: ChildProcess;

  private constructor(password?: string) {
    const at = (name: string) => join(this.#folder, name);
    this.screen = at('vnc.sock');
    bootSector(at('disk'), PROGRAM);
    writeFileSync(at('keys'), '');
    if (password !== undefined) writeFileSync(at('word'), password, { mode: 0o600 });
    const secret = password === undefined ? [] : ['-object', `secret,id=word,file=${at('word')}`];
    const asked = password === undefined ? '' : ',password-secret=word';
    this.#child = spawn(
      'qemu-system-x86_64',
      [
        ...['-accel', 'tcg', '-m', '16', '-nodefaults', '-no-reboot', '-vga', 'std', '-display', 'none'],
        ...['-drive', `file=${at('disk')},format=raw`, '-debugcon', `file:${at('keys')}`],
        ...secret,
        ...['-vnc', `unix:${this.screen}${asked}`],
      ],
      { stdio: 'ignore' },
    );
  }

  static async start(password?: string): Promise<KeyGuest> {
    const guest = new KeyGuest(password);
    await until(() => answers(guest.screen));
    return guest;
  }

  /** The keys that arrived. */
  get keys(): string {
    return readFileSync(join(this.#folder, 'keys'), 'latin1');
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await ended(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A real machine that echoes on its serial line, which is a terminal of this machine. */
export class EchoGuest {
  readonly #folder = mkdtempSync(join(tmpdir(), 'echo-guest-'));
  readonly #child: ChildProcess;
  #said = '';

  private constructor() {
    const disk = join(this.#folder, 'disk');
    echoDisk(disk);
    this.#child = spawn(
      'qemu-system-x86_64',
      [
        ...['-accel', 'tcg', '-m', '16', '-nodefaults', '-display', 'none', '-serial', 'pty'],
        ...['-drive', `file=${disk},format=raw`],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const output of [this.#child.stdout, this.#child.stderr])
      output?.on('data', (bytes) => {
        this.#said += bytes;
      });
  }

  static async start(): Promise<EchoGuest> {
    const guest = new EchoGuest();
    await until(async () => guest.path || undefined);
    return guest;
  }

  /** `/dev/pts/N`; empty while it is not there. */
  get path(): string {
    return /redirected to (\/dev\/pts\/\d+)/.exec(this.#said)?.[1] ?? '';
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await ended(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const answers = (path: string): Promise<true | undefined> =>
  new Promise((done) => {
    const socket = connect(path, () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(undefined));
  });
