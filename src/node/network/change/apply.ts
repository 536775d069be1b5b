import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { type Settings, Value } from '../../../system/networkmanager/bus.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { Profile } from '../../../system/networkmanager/objects.ts';
import { bringUp } from './activate.ts';
import { lacpProblem, readPorts } from './bonding.ts';
import { priorityOf } from './candidates.ts';
import { renameLink } from './links.ts';
import { nameless } from './own-copy.ts';
import type { RemoveStep, SettleStep, WriteStep } from './plan/steps.ts';
import { settingsWith } from './profiles.ts';

const SHORT = 15_000;
/** ifcfg files, which Enterprise Linux 9 still reads. */
const OLD_FORMAT = '/etc/sysconfig/network-scripts/';

/** Carries out the steps of one change that alter something in memory. */
export class Applier {
  readonly #manager: NetworkManager;
  /** Milliseconds that a bond may take to carry traffic: slow switches learn for half a minute. */
  readonly #patience: number;
  /** UUIDs of the profiles that were written, by link. */
  readonly #written = new Map<string, string>();
  /** UUIDs of those that do not start by themselves any more. */
  readonly #quieted = new Set<string>();
  /** Files of an older format whose profiles move into keyfiles. */
  readonly #moved = new Set<string>();

  constructor(manager: NetworkManager, patience: number) {
    this.#manager = manager;
    this.#patience = patience;
  }

  /** UUIDs of all profiles that this change wrote. */
  get written(): ReadonlySet<string> {
    return new Set([...this.#written.values(), ...this.#quieted]);
  }

  get moved(): ReadonlySet<string> {
    return this.#moved;
  }

  async write({ link, uuid: known, base, above }: WriteStep): Promise<void> {
    const profiles = await this.#manager.profiles();
    const uuid = known ?? this.#written.get(link.name) ?? randomUUID();
    const there = profiles.find((profile) => profile.uuid === uuid);
    const controller = profiles.find((each) => each.interfaceName === link.controller);
    const type = controller?.settings.connection?.type?.value;
    const controllerKind = type === 'bridge' ? 'bridge' : 'bond';
    const shared = profiles.find((profile) => there === undefined && profile.uuid === base);
    const before =
      shared === undefined ? await this.#complete(there) : nameless(await this.#complete(shared));
    const made = settingsWith(before, link, { uuid, profiles, controllerKind });
    const settings = startingBefore(above, made);
    if (there?.file.startsWith(OLD_FORMAT)) this.#moved.add(there.file);
    if (there === undefined) await this.#manager.addInMemory(settings);
    else await this.#manager.updateInMemory(there.path, settings);
    this.#written.set(link.name, uuid);
  }

  /** Settings with their secrets: what is left out in an update is lost. */
  async #complete(profile: Profile | undefined): Promise<Settings> {
    if (profile === undefined) return {};
    return this.#manager.withSecrets(profile);
  }

  async up(name: string, signal: AbortSignal): Promise<void> {
    await bringUp(this.#manager, await this.#uuidOf(name), name, { signal });
  }

  async #uuidOf(name: string): Promise<string> {
    const written = this.#written.get(name);
    if (written !== undefined) return written;
    const active = this.#manager.device(name)?.activeUuid;
    const bound = (await this.#manager.profiles()).find((profile) => profile.interfaceName === name)?.uuid;
    return active || bound || '';
  }

  /** Where NetworkManager cannot do it in passing, the link comes up anew. */
  async reapply(name: string, signal: AbortSignal): Promise<void> {
    const uuid = await this.#uuidOf(name);
    const device = this.#manager.device(name);
    if (device === undefined || device.activeUuid !== uuid) return this.up(name, signal);
    try {
      await this.#manager.reapply(device.path);
    } catch (thrown) {
      if (Fault.from(thrown).kind !== 'failed') throw thrown;
      await this.up(name, signal);
    }
  }

  async down(name: string, signal: AbortSignal): Promise<void> {
    const device = this.#manager.device(name);
    if (device === undefined || device.activeUuid === '') return;
    await this.#manager.disconnect(device.path);
    await this.#inactive(name, signal);
  }

  async #inactive(name: string, signal: AbortSignal): Promise<void> {
    const down = async () => {
      const device = this.#manager.device(name);
      return device === undefined || device.activeUuid === '' ? true : undefined;
    };
    await this.#manager.until(down, SHORT, say(`${name} goes down`, `停用 ${name}`), signal);
  }

  /** Its profile goes to sleep: it is deleted only when the change is kept. */
  async remove({ link, uuid }: RemoveStep, signal: AbortSignal): Promise<void> {
    await this.#sleep(uuid ?? '');
    const device = this.#manager.device(link);
    if (device === undefined) return;
    await this.#manager.deleteDevice(device.path);
    const gone = async () => (this.#manager.device(link) === undefined ? true : undefined);
    await this.#manager.until(gone, SHORT, say(`${link} goes away`, `删除 ${link}`), signal);
  }

  /** One that is gone meanwhile starts on nothing. */
  async quiet(uuid: string): Promise<void> {
    const profile = await this.#sleep(uuid);
    if (profile === undefined) return;
    if (profile.file.startsWith(OLD_FORMAT)) this.#moved.add(profile.file);
    this.#quieted.add(uuid);
  }

  /** In memory: it does not start by itself. */
  async #sleep(uuid: string): Promise<Profile | undefined> {
    const profile = await this.#manager.profile(uuid);
    if (profile === undefined) return undefined;
    const settings = await this.#manager.withSecrets(profile);
    const connection = { ...settings.connection, autoconnect: new Value('b', false) };
    await this.#manager.updateInMemory(profile.path, { ...settings, connection });
    return profile;
  }

  async rename(from: string, to: string, signal: AbortSignal): Promise<void> {
    await renameLink(from, to);
    const seen = async () => (this.#manager.device(to)?.managed === true ? true : undefined);
    await this.#manager.until(seen, SHORT, say(`${to} appears`, `出现 ${to}`), signal);
  }

  async settle({ link, lacp }: SettleStep, signal: AbortSignal): Promise<void> {
    let why = say('no port has carrier', '没有端口有载波');
    const ready = async () => {
      const problem = lacp ? lacpProblem(await readPorts(link)) : await carrierProblem(link);
      if (problem === undefined) return true;
      why = problem;
      return undefined;
    };
    try {
      await this.#manager.until(ready, this.#patience, say(link, link), signal);
    } catch (thrown) {
      if (Fault.from(thrown).kind !== 'timeout') throw thrown;
      throw new Fault('failed', say(`${link}: ${why.en}`, `${link}：${why.zh}`));
    }
  }
}

/** NetworkManager's own limit of a priority. */
const HIGHEST = 999;

/** The profile starts before those of the given priority. */
function startingBefore(above: number | undefined, settings: Settings): Settings {
  const now = priorityOf(settings);
  if (above === undefined || now > above) return settings;
  const priority = new Value('i', Math.min(above + 1, HIGHEST));
  return { ...settings, connection: { ...settings.connection, 'autoconnect-priority': priority } };
}

/** A link that is down cannot be read (EINVAL): no carrier either. */
async function carrierProblem(link: string) {
  const text = await readFile(`/sys/class/net/${link}/carrier`, 'utf8').catch(() => '0');
  return text.trim() === '1' ? undefined : say('no port has carrier', '没有端口有载波');
}
