import type { Fault } from '../../api/fault.ts';
import type { Words } from '../../api/words.ts';
import { askUntil } from './ask-until.ts';
import { NetworkManagerBus, type Section, type Settings, Value } from './bus.ts';
import { Mirror } from './mirror.ts';
import {
  absent,
  DEVICE_STATE,
  type Device,
  deviceFrom,
  NM,
  number,
  type Profile,
  remadeFor,
  saidOnce,
  text,
} from './objects.ts';

const ROOT = '/org/freedesktop/NetworkManager';
const DEVICE = `${NM}.Device`;
const ACTIVE = `${NM}.Connection.Active`;
const PROFILE = `${NM}.Settings.Connection`;
const NO_OBJECT = '/';

/** Flags of AddConnection2 and Update2. */
const TO_DISK = 0x1;
const IN_MEMORY = 0x2;
const BLOCK_AUTOCONNECT = 0x20;
const NO_REAPPLY = 0x40;

/** Flag of a profile: made up for a link that somebody else set up. */
const GENERATED = 0x2;
const EXTERNAL = 0x8;

/** Delete new connections (2), disconnect new devices (4). */
const CHECKPOINT_FLAGS = 2 | 4;

/** Sections of wired profiles that hold secrets. */
const SECRET_SECTIONS = ['802-1x', 'macsec', 'pppoe'];

/** What the product needs of NetworkManager, over one connection. */
export class NetworkManager {
  readonly #bus: NetworkManagerBus;
  readonly #mirror: Mirror;

  private constructor(bus: NetworkManagerBus, mirror: Mirror) {
    this.#bus = bus;
    this.#mirror = mirror;
  }

  /** Throws `unavailable` when the bus or NetworkManager is not there. */
  static async open(): Promise<NetworkManager> {
    const bus = await NetworkManagerBus.open();
    try {
      return new NetworkManager(bus, await Mirror.of(bus));
    } catch (thrown) {
      bus.close();
      throw thrown;
    }
  }

  close(): void {
    this.#bus.close();
  }

  get lost(): Fault | undefined {
    return this.#bus.lost;
  }

  onLoss(listener: () => void): void {
    this.#bus.onSignal((signal) => {
      if (signal === undefined) listener();
    });
  }

  /** Hears of every signal: something of NetworkManager's has changed. */
  onChange(listener: () => void): void {
    this.#bus.onSignal((signal) => {
      if (signal !== undefined) listener();
    });
  }

  /** Hears why a device failed (NM_DEVICE_STATE_REASON), which its properties tell only until its next state. */
  onFailure(listener: (device: string, reason: number) => void): () => void {
    return this.#bus.onSignal((signal) => {
      if (signal?.interface !== DEVICE || signal.member !== 'StateChanged') return;
      const [state, , reason] = signal.body as number[];
      if (state === DEVICE_STATE.failed) listener(signal.path, reason ?? 0);
    });
  }

  async profiles(): Promise<Profile[]> {
    const found = await Promise.all(this.#mirror.having(PROFILE).map(([path]) => this.#profile(path)));
    return found.filter((profile) => profile !== undefined);
  }

  /** Undefined when there is none with this UUID. */
  async profile(uuid: string): Promise<Profile | undefined> {
    if (uuid === '') return undefined;
    const found = await this.#settings('GetConnectionByUuid', 's', [uuid]).catch(absent);
    return found === undefined ? undefined : this.#profile(String(found[0]));
  }

  async #profile(path: string): Promise<Profile | undefined> {
    const settings = await this.#mirror.settings(path);
    if (settings === undefined) return undefined;
    const { connection = {} } = settings;
    const flags = number(this.#mirror.interfaces(path)[PROFILE]?.Flags);
    return {
      path,
      file: text(this.#mirror.interfaces(path)[PROFILE]?.Filename),
      external: (flags & EXTERNAL) !== 0,
      generated: (flags & GENERATED) !== 0,
      remade: remadeFor(settings) !== undefined,
      uuid: text(connection.uuid),
      id: text(connection.id),
      interfaceName: text(connection['interface-name']),
      settings,
    };
  }

  /** The profile's settings with the secrets in them, which `GetSettings` leaves out and an update would lose. */
  async withSecrets({ path, settings }: Profile): Promise<Settings> {
    const whole = { ...settings };
    for (const section of SECRET_SECTIONS.filter((name) => settings[name] !== undefined)) {
      const [secrets] = (await this.#connection(path, 'GetSecrets', 's', [section])) as [Settings];
      whole[section] = { ...settings[section], ...secrets[section] };
    }
    return whole;
  }

  devices(): Device[] {
    return this.#mirror.having(DEVICE).flatMap(([path, interfaces]) => {
      const device = interfaces[DEVICE] ?? {};
      // A profile's device that does not exist yet is listed too.
      if (device.Real?.value === false) return [];
      const active = this.#mirror.interfaces(text(device.ActiveConnection))[ACTIVE];
      return [deviceFrom(path, device, active, interfaces[`${DEVICE}.Wired`])];
    });
  }

  /** One device, by name; undefined when there is none. */
  device(name: string): Device | undefined {
    return this.devices().find((device) => device.name === name);
  }

  /** A new profile that the disk knows nothing of, and that starts only when it is told to. */
  async addInMemory(settings: Settings): Promise<string> {
    const flags = IN_MEMORY | BLOCK_AUTOCONNECT;
    const body = [saidOnce(settings), flags, {}];
    const [path] = await this.#settings('AddConnection2', 'a{sa{sv}}ua{sv}', body);
    return path as string;
  }

  /** Replaces all settings of a profile, in memory: its file stays as it is. */
  updateInMemory(path: string, settings: Settings): Promise<void> {
    return this.#update(path, settings, IN_MEMORY | BLOCK_AUTOCONNECT | NO_REAPPLY);
  }

  /** Writes the profile as it is into its keyfile; one that had a file of an older format moves into a keyfile. */
  saveToDisk(path: string, settings: Settings): Promise<void> {
    return this.#update(path, settings, TO_DISK | NO_REAPPLY, { plugin: new Value('s', 'keyfile') });
  }

  async #update(path: string, settings: Settings, flags: number, options: Section = {}): Promise<void> {
    await this.#connection(path, 'Update2', 'a{sa{sv}}ua{sv}', [saidOnce(settings), flags, options]);
    this.#mirror.forget(path);
  }

  async deleteProfile(path: string): Promise<void> {
    await this.#connection(path, 'Delete');
  }

  #connection(path: string, member: string, signature = '', body: unknown[] = []): Promise<unknown[]> {
    return this.#bus.call({ path, interface: `${NM}.Settings.Connection`, member, signature, body });
  }

  /** Reads the profiles' files anew: what is only in memory and has no file any more is forgotten. */
  async reloadProfiles(): Promise<void> {
    await this.#settings('ReloadConnections');
  }

  #settings(member: string, signature = '', body: unknown[] = []): Promise<unknown[]> {
    return this.#bus.call({
      path: `${ROOT}/Settings`,
      interface: `${NM}.Settings`,
      member,
      signature,
      body,
    });
  }

  /** Starts to activate. Waiting for it is another matter: see `until`. */
  async activate(profile: string, device: string | undefined): Promise<string> {
    const [active] = await this.#root('ActivateConnection', 'ooo', [profile, device ?? NO_OBJECT, NO_OBJECT]);
    return active as string;
  }

  /** NM_ACTIVE_CONNECTION_STATE of what `activate` answered; 4 (deactivated) once it is gone. */
  async activeState(active: string): Promise<number> {
    const properties = 'org.freedesktop.DBus.Properties';
    const call = { path: active, interface: properties, member: 'Get', signature: 'ss' };
    const state = await this.#bus.call({ ...call, body: [ACTIVE, 'State'] }).catch(absent);
    return state === undefined ? 4 : number(state[0] as Value);
  }

  /** Why the device is in its state: NM_DEVICE_STATE_REASON. */
  stateReason(device: string): number {
    const reason = this.#mirror.interfaces(device)[DEVICE]?.StateReason as
      | Value<[number, number]>
      | undefined;
    return reason?.value[1] ?? 0;
  }

  async reapply(device: string): Promise<void> {
    await this.#device(device, 'Reapply', 'a{sa{sv}}tu', [{}, 0n, 0]);
  }

  async disconnect(device: string): Promise<void> {
    await this.#device(device, 'Disconnect');
  }

  /** Whether it shall look after the device, until the next boot; a setting of its own against it stays stronger. */
  async setManaged(device: string): Promise<void> {
    const properties = 'org.freedesktop.DBus.Properties';
    const body = [DEVICE, 'Managed', new Value('b', true)];
    await this.#bus.call({ path: device, interface: properties, member: 'Set', signature: 'ssv', body });
  }

  /** Switches networking on; nothing happens when it is. */
  async enable(): Promise<void> {
    if (this.#mirror.interfaces(ROOT)[NM]?.NetworkingEnabled?.value === false)
      await this.#root('Enable', 'b', [true]);
  }

  /** Takes a software device away. */
  async deleteDevice(device: string): Promise<void> {
    await this.#device(device, 'Delete');
  }

  #device(path: string, member: string, signature = '', body: unknown[] = []): Promise<unknown[]> {
    return this.#bus.call({ path, interface: DEVICE, member, signature, body, timeout: 40_000 });
  }

  /** A checkpoint of all devices that NetworkManager goes back to by itself after so many seconds. */
  async createCheckpoint(seconds: number): Promise<string> {
    const [path] = await this.#root('CheckpointCreate', 'aouu', [[], seconds, CHECKPOINT_FLAGS]);
    return path as string;
  }

  /** Counts anew from now. */
  async extendCheckpoint(path: string, seconds: number): Promise<void> {
    await this.#root('CheckpointAdjustRollbackTimeout', 'ou', [path, seconds]);
  }

  async destroyCheckpoint(path: string): Promise<void> {
    await this.#root('CheckpointDestroy', 'o', [path]);
  }

  async rollBack(path: string): Promise<void> {
    await this.#root('CheckpointRollback', 'o', [path], 60_000);
  }

  checkpoints(): string[] {
    return this.#mirror.having(`${NM}.Checkpoint`).map(([path]) => path);
  }

  #root(member: string, signature: string, body: unknown[], timeout?: number): Promise<unknown[]> {
    return this.#bus.call({
      path: ROOT,
      interface: NM,
      member,
      signature,
      body,
      ...(timeout === undefined ? {} : { timeout }),
    });
  }

  /**
   * Asks until the answer is something, at every signal of NetworkManager and once a second.
   * @throws `timeout` with the words, NetworkManager's loss, or the signal's reason.
   */
  until<T>(
    ask: () => Promise<T | undefined>,
    timeout: number,
    what: Words,
    signal?: AbortSignal,
  ): Promise<T> {
    return askUntil(ask, {
      timeout,
      what,
      signal,
      lost: () => this.lost,
      onSignal: (listener) => this.#bus.onSignal(listener),
    });
  }
}
