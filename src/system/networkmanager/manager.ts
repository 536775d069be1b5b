import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { NetworkManagerBus, type Section, type Settings, Value } from './bus.ts';

const NM = 'org.freedesktop.NetworkManager';
const ROOT = '/org/freedesktop/NetworkManager';
const SETTINGS_PATH = `${ROOT}/Settings`;
const NO_OBJECT = '/';

/** Flags of AddConnection2 and Update2. */
const TO_DISK = 0x1;
const IN_MEMORY = 0x2;
const BLOCK_AUTOCONNECT = 0x20;
const NO_REAPPLY = 0x40;

/** Delete new connections (2), disconnect new devices (4). */
const CHECKPOINT_FLAGS = 2 | 4;

export interface Profile {
  path: string;
  uuid: string;
  /** Interface it is bound to; empty: any. */
  interfaceName: string;
  id: string;
  /** Its file, if it has one. */
  file: string;
  settings: Settings;
}

export interface Device {
  path: string;
  name: string;
  /** NM_DEVICE_STATE: 10 unmanaged, 30 disconnected, 40-90 on the way, 100 activated, 120 failed. */
  state: number;
  managed: boolean;
  permanentMac: string;
  /** Profile that is active on it. */
  activeUuid: string;
  /** NM_ACTIVE_CONNECTION_STATE: 1 activating, 2 activated, 3 deactivating. */
  activeState: number;
}

export const DEVICE_STATE = { unmanaged: 10, disconnected: 30, ipConfig: 70, activated: 100, failed: 120 };

/** Sections of wired profiles that hold secrets. */
const SECRET_SECTIONS = ['802-1x', 'macsec', 'pppoe'];

type Objects = Record<string, Record<string, Section>>;

/** What the product needs of NetworkManager, over one connection: open it for a piece of work and close it. */
export class NetworkManager {
  readonly #bus: NetworkManagerBus;

  private constructor(bus: NetworkManagerBus) {
    this.#bus = bus;
  }

  static async open(): Promise<NetworkManager> {
    return new NetworkManager(await NetworkManagerBus.open());
  }

  close(): void {
    this.#bus.close();
  }

  get lost(): Fault | undefined {
    return this.#bus.lost;
  }

  async profiles(): Promise<Profile[]> {
    const [paths] = await this.#bus.call({
      path: SETTINGS_PATH,
      interface: `${NM}.Settings`,
      member: 'ListConnections',
    });
    return Promise.all((paths as string[]).map((path) => this.#profile(path)));
  }

  /** Undefined when there is none with this UUID. */
  async profile(uuid: string): Promise<Profile | undefined> {
    if (uuid === '') return undefined;
    const path = await this.#bus
      .call({
        path: SETTINGS_PATH,
        interface: `${NM}.Settings`,
        member: 'GetConnectionByUuid',
        signature: 's',
        body: [uuid],
      })
      .catch(absent);
    return path === undefined ? undefined : this.#profile(String(path[0]));
  }

  async #profile(path: string): Promise<Profile> {
    const [reply, properties] = await Promise.all([
      this.#connection(path, 'GetSettings'),
      this.#properties(path, `${NM}.Settings.Connection`),
    ]);
    const [settings] = reply as [Settings];
    const { connection = {} } = settings;
    return {
      path,
      file: text(properties.Filename),
      uuid: text(connection.uuid),
      id: text(connection.id),
      interfaceName: text(connection['interface-name']),
      settings,
    };
  }

  async #properties(path: string, of: string): Promise<Section> {
    const [properties] = await this.#bus.call({
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'GetAll',
      signature: 's',
      body: [of],
    });
    return properties as Section;
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

  async devices(): Promise<Device[]> {
    const objects = await this.#objects();
    return Object.entries(objects).flatMap(([path, interfaces]) => {
      const device = interfaces[`${NM}.Device`];
      // A profile's device that does not exist yet is listed too.
      if (device === undefined || device.Real?.value === false) return [];
      const active = objects[text(device.ActiveConnection)]?.[`${NM}.Connection.Active`];
      return [deviceFrom(path, device, active, interfaces[`${NM}.Device.Wired`])];
    });
  }

  /** One device, by name; undefined when there is none. */
  async device(name: string): Promise<Device | undefined> {
    const found = await this.#root('GetDeviceByIpIface', 's', [name]).catch(absent);
    if (found === undefined) return undefined;
    const path = String(found[0]);
    const device = await this.#properties(path, `${NM}.Device`).catch(absent);
    if (device === undefined || device.Real?.value === false) return undefined;
    const activePath = text(device.ActiveConnection);
    const active =
      activePath === NO_OBJECT
        ? undefined
        : await this.#properties(activePath, `${NM}.Connection.Active`).catch(absent);
    return deviceFrom(path, device, active, undefined);
  }

  async #objects(): Promise<Objects> {
    const [objects] = await this.#bus.call({
      path: '/org/freedesktop',
      interface: 'org.freedesktop.DBus.ObjectManager',
      member: 'GetManagedObjects',
    });
    return objects as Objects;
  }

  /** A new profile that the disk knows nothing of, and that starts only when it is told to. */
  async addInMemory(settings: Settings): Promise<string> {
    const [path] = await this.#bus.call({
      path: SETTINGS_PATH,
      interface: `${NM}.Settings`,
      member: 'AddConnection2',
      signature: 'a{sa{sv}}ua{sv}',
      body: [settings, IN_MEMORY | BLOCK_AUTOCONNECT, {}],
    });
    return path as string;
  }

  /** Replaces all settings of a profile, in memory: its file stays as it is. */
  updateInMemory(path: string, settings: Settings): Promise<unknown[]> {
    return this.#update(path, settings, IN_MEMORY | BLOCK_AUTOCONNECT | NO_REAPPLY);
  }

  /** Writes the profile as it is into its keyfile; one that had a file of an older format moves into a keyfile. */
  saveToDisk(path: string, settings: Settings): Promise<unknown[]> {
    return this.#update(path, settings, TO_DISK | NO_REAPPLY, { plugin: new Value('s', 'keyfile') });
  }

  #update(path: string, settings: Settings, flags: number, options: Section = {}): Promise<unknown[]> {
    return this.#connection(path, 'Update2', 'a{sa{sv}}ua{sv}', [settings, flags, options]);
  }

  async deleteProfile(path: string): Promise<void> {
    await this.#connection(path, 'Delete');
  }

  #connection(path: string, member: string, signature = '', body: unknown[] = []): Promise<unknown[]> {
    return this.#bus.call({ path, interface: `${NM}.Settings.Connection`, member, signature, body });
  }

  /** Reads the profiles' files anew: what is only in memory and has no file any more is forgotten. */
  async reloadProfiles(): Promise<void> {
    await this.#bus.call({ path: SETTINGS_PATH, interface: `${NM}.Settings`, member: 'ReloadConnections' });
  }

  /** Starts to activate. Waiting for it is another matter: see `until`. */
  async activate(profile: string, device: string | undefined): Promise<string> {
    const [active] = await this.#root('ActivateConnection', 'ooo', [profile, device ?? NO_OBJECT, NO_OBJECT]);
    return active as string;
  }

  /** NM_ACTIVE_CONNECTION_STATE of what `activate` answered; 4 (deactivated) once it is gone. */
  async activeState(active: string): Promise<number> {
    const properties = await this.#properties(active, `${NM}.Connection.Active`).catch(absent);
    return properties === undefined ? 4 : number(properties.State);
  }

  /** Why the device is in its state: NM_DEVICE_STATE_REASON. */
  async stateReason(device: string): Promise<number> {
    const [value] = await this.#bus.call({
      path: device,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [`${NM}.Device`, 'StateReason'],
    });
    const [, reason] = (value as Value<[number, number]>).value;
    return reason;
  }

  async reapply(device: string): Promise<void> {
    await this.#device(device, 'Reapply', 'a{sa{sv}}tu', [{}, 0n, 0]);
  }

  async disconnect(device: string): Promise<void> {
    await this.#device(device, 'Disconnect');
  }

  /** Takes a software device away. */
  async deleteDevice(device: string): Promise<void> {
    await this.#device(device, 'Delete');
  }

  #device(path: string, member: string, signature = '', body: unknown[] = []): Promise<unknown[]> {
    return this.#bus.call({ path, interface: `${NM}.Device`, member, signature, body, timeout: 40_000 });
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

  async checkpoints(): Promise<string[]> {
    const objects = await this.#objects();
    return Object.keys(objects).filter((path) => objects[path]?.[`${NM}.Checkpoint`] !== undefined);
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
    const late = new Fault(
      'timeout',
      say(`${what.en}: not within ${timeout / 1000} s`, `${what.zh}：${timeout / 1000} 秒内未完成`),
    );
    return new Promise<T>((resolve, reject) => {
      let asking = false;
      let again = false;
      const end = (settle: () => void) => {
        stopListening();
        clearInterval(ticker);
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        settle();
      };
      const look = async (): Promise<void> => {
        again = asking;
        if (asking) return;
        asking = true;
        try {
          if (this.lost !== undefined) throw this.lost;
          const answer = await ask();
          if (answer !== undefined) end(() => resolve(answer));
        } catch (thrown) {
          end(() => reject(thrown));
        }
        asking = false;
        if (again) await look();
      };
      const aborted = () => end(() => reject(signal?.reason));
      const stopListening = this.#bus.onSignal(() => void look());
      const ticker = setInterval(() => void look(), 1000);
      const timer = setTimeout(() => end(() => reject(late)), timeout);
      signal?.addEventListener('abort', aborted);
      if (signal?.aborted) aborted();
      else void look();
    });
  }
}

function deviceFrom(
  path: string,
  device: Section,
  active: Section | undefined,
  wired: Section | undefined,
): Device {
  return {
    path,
    name: text(device.Interface),
    state: number(device.State),
    managed: device.Managed?.value === true,
    permanentMac: text(wired?.PermHwAddress).toLowerCase(),
    activeUuid: text(active?.Uuid),
    activeState: number(active?.State),
  };
}

/** Asked for by name, it is not there; every other failure is one. */
function absent(thrown: unknown): undefined {
  if (Fault.from(thrown).kind !== 'failed') throw thrown;
  return undefined;
}

const text = (value: Value | undefined): string => (typeof value?.value === 'string' ? value.value : '');
const number = (value: Value | undefined): number => (typeof value?.value === 'number' ? value.value : 0);
