import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type Bus, DRIVER, openBus, type Signal, SYSTEM_BUS_SOCKET, saidBy, Value } from '../dbus.ts';

export { type Signal, Value };
export type Section = Record<string, Value>;
/** A connection profile as NetworkManager speaks of it: sections of keys. */
export type Settings = Record<string, Section>;

const SERVICE = 'org.freedesktop.NetworkManager';

/** Where the system bus listens. Tests start one of their own and name it in the usual variable. */
const address = (): string => process.env.DBUS_SYSTEM_BUS_ADDRESS ?? `unix:path=${SYSTEM_BUS_SOCKET}`;

/** Without a signal: NetworkManager is lost. */
export type SignalListener = (signal?: Signal) => void;

export interface Call {
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: unknown[];
  /** Milliseconds. */
  timeout?: number;
}

const TIMEOUT = 25_000;

/** One connection to the system bus for talking to NetworkManager, as long as that one NetworkManager lives. */
export class NetworkManagerBus {
  readonly #bus: Bus;
  readonly #listeners = new Set<SignalListener>();
  #lost: Fault | undefined;

  private constructor(bus: Bus) {
    this.#bus = bus;
    void bus.closed.then(() => this.#end());
  }

  /** Throws `unavailable` when the bus or NetworkManager is not there, `timeout` when the bus says nothing. */
  static async open(): Promise<NetworkManagerBus> {
    const bus = await openBus(address()).catch(notThereWithout);
    const opened = new NetworkManagerBus(bus);
    try {
      await opened.#watch();
      return opened;
    } catch (thrown) {
      opened.close();
      return notThereWithout(thrown);
    }
  }

  /** NetworkManager ended, or the bus: nothing that it was told in passing is known to it any more. */
  get lost(): Fault | undefined {
    return this.#lost;
  }

  /** Calls back at each signal of NetworkManager, and when it is lost. */
  onSignal(listener: SignalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Faults: `unavailable`, `timeout`, else `failed` with NetworkManager's own words. */
  async call({ path, interface: of, member, signature, body, timeout = TIMEOUT }: Call): Promise<unknown[]> {
    if (this.#lost !== undefined) throw this.#lost;
    const target = { destination: SERVICE, path, interface: of };
    return this.#bus.call(target, member, signature, body, timeout).catch((thrown) => {
      throw this.#lost ?? faultOf(member, timeout, Fault.from(thrown));
    });
  }

  close(): void {
    this.#lost ??= notThere();
    this.#listeners.clear();
    this.#bus.close();
  }

  async #watch(): Promise<void> {
    await this.#bus.onSignal({ sender: SERVICE }, (signal) => {
      for (const listener of this.#listeners) listener(signal);
    });
    const owner = { sender: DRIVER.destination, interface: DRIVER.interface, member: 'NameOwnerChanged' };
    await this.#bus.onSignal({ ...owner, arg0: SERVICE }, ({ body }) => {
      if (body[1] !== '') this.#end();
    });
    const [there] = await this.#bus.call(DRIVER, 'NameHasOwner', 's', [SERVICE]);
    if (there !== true) throw notThere();
  }

  /** Calls that wait for an answer hear of it as well. */
  #end(): void {
    if (this.#lost !== undefined) return;
    this.#lost = notThere();
    this.#bus.close();
    for (const listener of [...this.#listeners]) listener();
  }
}

const notThere = (): Fault =>
  new Fault('unavailable', say('NetworkManager does not run', 'NetworkManager 未运行'), {
    next: say('start it: systemctl start NetworkManager', '启动它：systemctl start NetworkManager'),
  });

/** No bus, no NetworkManager: it ends with the bus. */
function notThereWithout(thrown: unknown): never {
  throw Fault.from(thrown).kind === 'unavailable' ? notThere() : thrown;
}

const tooSlow = (member: string, timeout: number): Fault =>
  new Fault(
    'timeout',
    say(
      `NetworkManager did not answer ${member} within ${timeout / 1000} s`,
      `NetworkManager 在 ${timeout / 1000} 秒内未应答 ${member}`,
    ),
  );

function faultOf(member: string, timeout: number, fault: Fault): Fault {
  const text = saidBy(fault);
  if (fault.kind === 'unavailable') return notThere();
  if (fault.kind === 'timeout') return text === undefined ? tooSlow(member, timeout) : notThere();
  const said = text ?? fault.words.en;
  return new Fault(
    'failed',
    say(`NetworkManager: ${member}: ${said}`, `NetworkManager：${member}：${said}`),
    { cause: fault.cause },
  );
}
