import { sendDatagram } from './posix.ts';

/** Tells systemd how the service is (sd_notify(3)). Without systemd it does nothing. */
export class ServiceManager {
  readonly #socket: string | undefined;
  readonly #watchdog: number;
  readonly #log: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(env: NodeJS.ProcessEnv, log: (text: string) => void) {
    this.#socket = env.NOTIFY_SOCKET;
    this.#watchdog = Number(env.WATCHDOG_USEC ?? 0) / 1000;
    this.#log = log;
  }

  /** Ready; from now on it is told at half of its interval that the service is alive, as long as `alive` says so. */
  ready(alive: () => boolean): void {
    this.#send('READY=1');
    if (this.#watchdog <= 0) return;
    this.#timer = setInterval(() => {
      if (alive()) this.#send('WATCHDOG=1');
    }, this.#watchdog / 2);
  }

  stopping(): void {
    clearInterval(this.#timer);
    this.#send('STOPPING=1');
  }

  #send(state: string): void {
    if (this.#socket === undefined) return;
    try {
      sendDatagram(this.#socket, state);
    } catch (error) {
      this.#log(`systemd was not told ${state}: ${String(error)}`);
    }
  }
}
