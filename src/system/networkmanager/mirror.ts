import type { NetworkManagerBus, Section, Settings, Signal } from './bus.ts';
import { absent, NM } from './objects.ts';

/** Properties by interface. */
type Interfaces = Record<string, Section>;

const OBJECTS = 'org.freedesktop.DBus.ObjectManager';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const PROFILE = `${NM}.Settings.Connection`;
const ACTIVE = `${NM}.Connection.Active`;

/**
 * NetworkManager's objects as it tells of them: read whole once, then kept true by its signals. With some hundred
 * links that one reading takes a tenth of a second, most of it NetworkManager's own.
 */
export class Mirror {
  readonly #bus: NetworkManagerBus;
  readonly #objects = new Map<string, Interfaces>();
  readonly #settings = new Map<string, Promise<Settings | undefined>>();
  /** Signals that came before the whole was read. */
  #early: Signal[] | undefined = [];

  private constructor(bus: NetworkManagerBus) {
    this.#bus = bus;
    bus.onSignal((signal) => {
      if (signal === undefined) return;
      if (this.#early === undefined) this.#follow(signal);
      else this.#early.push(signal);
    });
  }

  /** Faults as `NetworkManagerBus.call`. */
  static async of(bus: NetworkManagerBus): Promise<Mirror> {
    const mirror = new Mirror(bus);
    const call = { path: '/org/freedesktop', interface: OBJECTS, member: 'GetManagedObjects' };
    const [objects] = (await bus.call(call)) as [Record<string, Interfaces>];
    for (const [path, interfaces] of Object.entries(objects)) mirror.#objects.set(path, interfaces);
    // Some of them are in it already. Followed in their order, they end where NetworkManager is.
    const early = mirror.#early ?? [];
    mirror.#early = undefined;
    for (const signal of early) mirror.#follow(signal);
    return mirror;
  }

  /** Paths of the objects that have this interface, with all the interfaces that each has. */
  having(name: string): [path: string, interfaces: Interfaces][] {
    return [...this.#objects].filter(([, interfaces]) => interfaces[name] !== undefined);
  }

  interfaces(path: string): Interfaces {
    return this.#objects.get(path) ?? {};
  }

  /** A profile's settings without its secrets; undefined when it is gone. */
  settings(path: string): Promise<Settings | undefined> {
    const known = this.#settings.get(path);
    if (known !== undefined) return known;
    const reading = this.#readSettings(path);
    this.#settings.set(path, reading);
    reading.catch(() => this.#settings.delete(path));
    return reading;
  }

  /** Its settings are to be read anew. */
  forget(path: string): void {
    this.#settings.delete(path);
  }

  async #readSettings(path: string): Promise<Settings | undefined> {
    const reply = await this.#bus.call({ path, interface: PROFILE, member: 'GetSettings' }).catch(absent);
    return reply?.[0] as Settings | undefined;
  }

  #follow({ path, interface: of, member, body }: Signal): void {
    if (of === OBJECTS && member === 'InterfacesAdded') this.#add(String(body[0]), body[1] as Interfaces);
    else if (of === OBJECTS && member === 'InterfacesRemoved')
      this.#remove(String(body[0]), body[1] as string[]);
    else if (of === PROPERTIES && member === 'PropertiesChanged')
      this.#change(path, String(body[0]), body[1] as Section);
    else if (of === PROFILE && member === 'Updated') this.forget(path);
  }

  #add(path: string, interfaces: Interfaces): void {
    this.#objects.set(path, { ...this.#objects.get(path), ...interfaces });
    this.#forgetTime(interfaces[ACTIVE]);
  }

  #remove(path: string, names: string[]): void {
    const { [ACTIVE]: active } = this.interfaces(path);
    this.#forgetTime(active);
    const rest = Object.entries(this.interfaces(path)).filter(([name]) => !names.includes(name));
    if (rest.length > 0) this.#objects.set(path, Object.fromEntries(rest));
    else this.#objects.delete(path);
    this.forget(path);
  }

  #change(path: string, of: string, changed: Section): void {
    const interfaces = this.#objects.get(path);
    if (interfaces === undefined) return;
    interfaces[of] = { ...interfaces[of], ...changed };
    if (of === ACTIVE) this.#forgetTime(interfaces[of]);
  }

  /** A profile's settings tell when it was last used, and nothing is said when that changes. */
  #forgetTime(active: Section | undefined): void {
    if (active !== undefined) this.forget(String(active.Connection?.value));
  }
}
