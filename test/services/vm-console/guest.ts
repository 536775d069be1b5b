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
const SECTOR = 512;

/** A real machine in QEMU that echoes keys, with its screen by VNC on a unix socket. A reset ends it. */
export class KeyGuest {
  readonly screen: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'key-guest-'));
  readonly #child: ChildProcess;

  private constructor(password?: string) {
    const at = (name: string) => join(this.#folder, name);
    this.screen = at('vnc.sock');
    const disk = Buffer.alloc(SECTOR);
    Buffer.from(PROGRAM).copy(disk);
    disk.writeUInt16LE(0xaa55, SECTOR - 2);
    writeFileSync(at('disk'), disk);
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

const answers = (path: string): Promise<true | undefined> =>
  new Promise((done) => {
    const socket = connect(path, () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(undefined));
  });
