import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { Guests } from '../../system/libvirt/guests.ts';

/** Modular daemons first; where only the old one is, its socket. */
export const LIBVIRT_RW_SOCKETS = ['/run/libvirt/virtqemud-sock', '/run/libvirt/libvirt-sock'];

/** Milliseconds that a daemon which is just restarted is waited for. */
const PATIENCE = 5_000;
const AGAIN = 250;

/** One connection to libvirt for all changes, kept while the daemon lives, and opened anew when it is asked for after that. */
export class StandingGuests {
  readonly #sockets: readonly string[];
  #open: Promise<Guests> | undefined;

  constructor(sockets: readonly string[]) {
    this.#sockets = sockets;
  }

  /** Faults: `unavailable` (libvirt is not there, or does not run), `timeout`, `refused`. */
  get(): Promise<Guests> {
    this.#open ??= this.#reopen();
    return this.#open;
  }

  close(): void {
    void this.#open?.then((guests) => guests.close()).catch(() => undefined);
  }

  async #reopen(): Promise<Guests> {
    try {
      const guests = await this.#patiently();
      void guests.closed.then(() => {
        this.#open = undefined;
      });
      return guests;
    } catch (thrown) {
      this.#open = undefined;
      throw thrown;
    }
  }

  async #patiently(): Promise<Guests> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const path = this.#sockets.find((each) => existsSync(each));
      if (path === undefined) throw notThere();
      try {
        return await Guests.open(path);
      } catch (thrown) {
        if (Fault.from(thrown).kind !== 'unavailable' || performance.now() > end) throw thrown;
      }
      await sleep(AGAIN);
    }
  }
}

const notThere = (): Fault =>
  new Fault('unavailable', say('libvirt is not running', 'libvirt 未运行'), {
    next: say(
      'install libvirt-daemon-system (Debian) or libvirt (Enterprise Linux), or: systemctl start libvirtd.service or virtqemud.socket',
      '请安装 libvirt-daemon-system（Debian）或 libvirt（Enterprise Linux），或执行：systemctl start libvirtd.service 或 virtqemud.socket',
    ),
  });
