import { type Bus, openSystemBus, SYSTEM_BUS_SOCKET, type Target, type Value } from './dbus.ts';

const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** As long as the bus itself waits for a daemon that it starts: on a busy machine that takes its time. */
const START_MILLISECONDS = 25_000;

const daemon = (name: string): Target => ({
  destination: `org.freedesktop.${name}`,
  path: `/org/freedesktop/${name}`,
  interface: `org.freedesktop.${name}`,
});

export const HOSTNAMED = daemon('hostname1');
export const TIMEDATED = daemon('timedate1');
export const LOCALED = daemon('locale1');

/** systemd's small daemons for settings of the machine, which the bus starts when they are asked. */
export class SettingsBus {
  readonly #socketPath: string;

  constructor(socketPath = SYSTEM_BUS_SOCKET) {
    this.#socketPath = socketPath;
  }

  /** A text property. Faults: as `Bus.call`; `unavailable` without a bus or the daemon. */
  property(target: Target, name: string): Promise<string> {
    return this.#with(async (bus) => {
      const body = [target.interface, name];
      const properties = { ...target, interface: PROPERTIES };
      const [property] = (await bus.call(properties, 'Get', 'ss', body, START_MILLISECONDS)) as [Value];
      return typeof property.value === 'string' ? property.value : '';
    });
  }

  /** Calls a method that answers nothing; the last argument, `false`, says that nobody is to be asked for a password. */
  order(target: Target, member: string, signature: string, body: unknown[]): Promise<void> {
    return this.#with(async (bus) => {
      await bus.call(target, member, `${signature}b`, [...body, false], START_MILLISECONDS);
    });
  }

  async #with<T>(work: (bus: Bus) => Promise<T>): Promise<T> {
    const bus = await openSystemBus(this.#socketPath);
    try {
      return await work(bus);
    } finally {
      bus.close();
    }
  }
}
