import { type ChildProcess, spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Message, type MessageBus, MessageType, sessionBus, Variant } from '@jellybrick/dbus-next';
import { until } from '../servers.ts';

const NAME = 'org.freedesktop.systemd1';
const UNIT = `${NAME}.Unit`;
const SERVICE = `${NAME}.Service`;

export interface DoubleUnit {
  LoadState: string;
  ActiveState: string;
  SubState: string;
  Result?: string;
  MainPID?: number;
}

const NOT_FOUND: DoubleUnit = { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead' };

/**
 * A real dbus-daemon, and on it what our client needs of systemd's manager. It answers the calls that it knows and
 * refuses every other; `refused` keeps those.
 */
export class SystemdDouble {
  readonly folder = mkdtempSync(join(tmpdir(), 'bus-'));
  readonly refused: string[] = [];
  readonly units = new Map<string, DoubleUnit>();
  subscribed = false;
  #daemon: ChildProcess | undefined;
  #bus: MessageBus | undefined;

  readonly place = { busSocket: join(this.folder, 'bus'), bootedFolder: join(this.folder, 'booted') };

  constructor() {
    mkdirSync(this.place.bootedFolder);
    const rules = [
      'send_type="method_call"',
      'send_type="signal"',
      'send_requested_reply="true"',
      'own="*"',
      'user="*"',
    ];
    writeFileSync(
      join(this.folder, 'conf'),
      `<busconfig><listen>unix:path=${this.place.busSocket}</listen><auth>EXTERNAL</auth>
       <policy context="default">${rules.map((rule) => `<allow ${rule}/>`).join('')}
       <allow receive_type="signal"/><allow receive_type="method_call"/><allow receive_requested_reply="true"/></policy></busconfig>`,
    );
  }

  async start(): Promise<void> {
    rmSync(this.place.busSocket, { force: true });
    const argv = ['--nofork', '--nopidfile', '--config-file', join(this.folder, 'conf')];
    this.#daemon = spawn('dbus-daemon', argv, { stdio: 'ignore' });
    await until(() => isListening(this.place.busSocket));
    await this.appear();
  }

  /** systemd takes its name on the bus. */
  async appear(): Promise<void> {
    const bus = sessionBus({ busAddress: `unix:path=${this.place.busSocket}`, authMethods: ['EXTERNAL'] });
    (bus as EventEmitter).on('error', () => {});
    bus.addMethodHandler((message: Message) => this.#answer(message));
    await bus.requestName(NAME);
    this.#bus = bus;
  }

  /** systemd is silent on the bus, though that one lives. */
  vanish(): void {
    this.#bus?.disconnect();
  }

  async stop(): Promise<void> {
    this.#bus?.disconnect();
    const daemon = this.#daemon;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Changes a unit and tells it as systemd does. */
  change(unit: string, state: Partial<DoubleUnit>): void {
    this.units.set(unit, { ...NOT_FOUND, LoadState: 'loaded', ...this.units.get(unit), ...state });
    const body = [UNIT, {}, ['ActiveState']];
    this.#signal(pathOf(unit), 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{sv}as', body);
  }

  /** A unit file is installed, and systemd reads its units anew. */
  install(unit: string, state: DoubleUnit): void {
    this.units.set(unit, state);
    this.#signal('/org/freedesktop/systemd1', `${NAME}.Manager`, 'Reloading', 'b', [false]);
  }

  #signal(path: string, name: string, member: string, signature: string, body: unknown[]): void {
    if (this.subscribed) this.#bus?.send(Message.newSignal(path, name, member, signature, body));
  }

  #answer(message: Message): boolean {
    if (message.type !== MessageType.METHOD_CALL || message.interface.endsWith('.Peer')) return false;
    const reply = this.#reply(message);
    if (reply === undefined) this.refused.push(`${message.interface}.${message.member}`);
    this.#bus?.send(
      reply ?? Message.newError(message, 'org.freedesktop.DBus.Error.UnknownMethod', 'not known'),
    );
    return true;
  }

  #reply(message: Message): Message | undefined {
    const { member, path, body } = message;
    if (member === 'Subscribe') {
      this.subscribed = true;
      return Message.newMethodReturn(message);
    }
    if (member === 'ListUnitsByNames')
      return Message.newMethodReturn(message, 'a(ssssssouso)', [
        (body[0] as string[]).map((unit) => this.#row(unit)),
      ]);
    if (member === 'Get' && body[0] === SERVICE)
      return Message.newMethodReturn(message, 'v', [this.#property(path, String(body[1]))]);
    return undefined;
  }

  #row(name: string): unknown[] {
    const { LoadState, ActiveState, SubState } = this.units.get(name) ?? NOT_FOUND;
    return [name, name, LoadState, ActiveState, SubState, '', pathOf(name), 0, '', '/'];
  }

  #property(path: string, name: string): Variant {
    const [, unit = NOT_FOUND] = [...this.units].find(([key]) => pathOf(key) === path) ?? [];
    return name === 'Result'
      ? new Variant('s', unit.Result ?? 'success')
      : new Variant('u', unit.MainPID ?? 0);
  }
}

/** The daemon's socket is there a moment before it listens. */
const isListening = (path: string): Promise<true> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    }).on('error', reject);
  });

/** As systemd escapes a unit's name. */
const pathOf = (unit: string): string =>
  `/org/freedesktop/systemd1/unit/${unit.replace(/[^a-zA-Z0-9]/g, (char) => `_${char.charCodeAt(0).toString(16)}`)}`;
