import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AnyImplementation, Caller, Run } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import type { Step } from '../../../src/api/plan.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { same } from '../../../src/api/words.ts';
import { type ManagementFeatures, managementFeatures } from '../../../src/controller/features/management.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { openStore } from '../../../src/management/store/store.ts';
import { brokerLogin, databaseLogin } from '../../../src/node/zstack/settings.ts';
import { Database } from '../../../src/system/mariadb.ts';
import { readProperties } from '../../../src/system/properties.ts';
import { isBrokerPassword } from '../../../src/system/rabbitmq.ts';
import type { Service } from '../../../src/system/service.ts';

/** Where the servers are, so that a child process finds them as well. */
export interface WorldPlace {
  folder: string;
  socket: string;
  broker?: { command: string[]; env: Record<string, string> };
  /** The service cannot start with this password in its configuration. */
  refuses?: string;
  /** The service cannot start without this word in its configuration. */
  needs?: string;
  /** The service cannot start on a database with this word in its table `state`, or among its settings. */
  refusesState?: string;
}

export const STORE_PROGRAM = new URL('../../../src/system/sqlite-program.ts', import.meta.url).pathname;
const cannotStart = () => new Fault('failed', same('the service does not start'));

export const SYSTEM_ROOT = 'the system’s own';
const CALLER: Caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };

/** The management node around a password change: its configuration, its journal, and a service that really logs in. */
export class World {
  readonly place: WorldPlace;
  readonly features: ManagementFeatures;
  readonly journal: Journal;
  readonly progress: string[] = [];

  readonly #moment: () => void;

  /** @param moment called where a change touches the service: before, and right after */
  constructor(place: WorldPlace, moment: () => void = () => {}) {
    this.place = place;
    this.#moment = moment;
    this.features = managementFeatures({
      data: join(place.folder, 'data'),
      properties: this.properties,
      databaseSocket: place.socket,
      store: this.store,
      storeProgram: STORE_PROGRAM,
      units: join(place.folder, 'units'),
      backups: join(place.folder, 'backups'),
      hostsFile: join(place.folder, 'hosts'),
      licence: { path: join(place.folder, 'license.txt'), config: place.folder },
      service: this.service,
      checkPassword: async (_caller, password) => {
        if (password.reveal() !== SYSTEM_ROOT) throw new Fault('refused', same('wrong password'));
      },
      ...(place.broker === undefined ? {} : { broker: place.broker }),
    });
    this.journal = new Journal({
      folder: join(place.folder, 'data', 'journal'),
      executors: this.features.executors,
      changed: () => {},
      log: (text) => this.progress.push(text),
    });
  }

  /** File of the embedded store. */
  get store(): string {
    return join(this.place.folder, 'state', 'store.sqlite');
  }

  get properties(): string {
    return join(this.place.folder, 'zstack.properties');
  }

  async write(text: string): Promise<void> {
    await mkdir(dirname(this.properties), { recursive: true });
    writeFileSync(this.properties, text, { mode: 0o640 });
  }

  /** It runs with the configuration of its last start, which is where it proves that it can log in. */
  get service(): Service & { isRunning(): Promise<boolean> } {
    return {
      isRunning: async () => existsSync(this.#runsWith),
      standing: async () => (existsSync(this.#runsWith) ? 'running' : 'stopped'),
      restart: async () => {
        this.#moment();
        const properties = await readProperties(this.properties);
        const text = properties.toString();
        if (this.place.refuses !== undefined && text.includes(this.place.refuses)) {
          throw cannotStart();
        }
        if (this.place.needs !== undefined && !text.includes(this.place.needs)) throw cannotStart();
        const [database, broker] = [databaseLogin(properties), brokerLogin(properties)];
        if (database === undefined) await this.#openStore();
        else (await Database.open(database, database)).close();
        if (database !== undefined) await this.#refuseState();
        const { password = new Secret('-') } = broker ?? {};
        if (broker !== undefined && !(await isBrokerPassword({ ...broker, password }))) {
          throw new Fault('failed', same('the broker refuses the service'));
        }
        writeFileSync(this.#runsWith, text);
        this.#moment();
      },
      start: () => this.service.restart(),
      stop: async () => rmSync(this.#runsWith, { force: true }),
    };
  }

  /** As the management service opens its own. */
  async #openStore(): Promise<void> {
    const store = await openStore(dirname(this.store), undefined);
    const found = await store.database.selectFrom('setting').select('value').execute();
    await store.close();
    if (found.some(({ value }) => value === this.place.refusesState)) throw cannotStart();
  }

  async #refuseState(): Promise<void> {
    const word = this.place.refusesState;
    if (word === undefined) return;
    using root = await Database.open({ socket: this.place.socket }, { user: 'root' });
    const rows = await root.query('SELECT 1 FROM zstack.state WHERE word = ? LIMIT 1', [word]);
    if (rows.length > 0) throw cannotStart();
  }

  get #runsWith(): string {
    return join(this.place.folder, 'runs-with');
  }

  /** The configuration that the service runs with. */
  get runsWith(): string {
    return readFileSync(this.#runsWith, 'utf8');
  }

  configuration = (): Promise<string> => readFile(this.properties, 'utf8');

  async call<T = void>(name: string, input: unknown): Promise<T> {
    const found = this.features.actions.find(({ action }) => action.name === name) as AnyImplementation;
    const { signal } = new AbortController();
    const run: Run<unknown, Step, unknown> = {
      caller: CALLER,
      signal,
      emit: () => {},
      progress: ({ en }) => this.progress.push(en),
      holding: (_scope, work) => work(),
      show: (plan) => ({ ...plan, digest: '' }),
      agreed: () => {},
      carryOut: (plan, given) =>
        this.journal.carryOut(
          { caller: CALLER, action: name, plan },
          { signal, given, progress: ({ en }) => this.progress.push(en) },
        ),
    };
    return (await found.run(found.action.input.parse(input), run)) as T;
  }
}
