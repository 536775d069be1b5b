import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '../../src/api/action.ts';
import type { Step } from '../../src/api/plan.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { managementFeatures } from '../../src/controller/features/management.ts';
import { Journal } from '../../src/controller/journal/journal.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { databaseLogin } from '../../src/node/zstack/settings.ts';
import { Database } from '../../src/system/mariadb.ts';
import { readProperties } from '../../src/system/properties.ts';
import type { Service, Standing } from '../../src/system/service.ts';
import { ended, freePort, MariadbServer, openFolder, until } from '../services/servers.ts';
import { bundle } from './programs.ts';
import { type Bench, median } from './row.ts';

const ROOT = 'root word';
const ROUNDS = 5;
const ASK_EVERY_MILLISECONDS = 10;

/** The real management service, started and stopped as systemd would. */
class ManagementProcess implements Service {
  readonly #data: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  constructor(data: string, port: number) {
    this.#data = data;
    this.#port = port;
  }

  standing = async (): Promise<Standing> => (this.#child === undefined ? 'stopped' : 'running');

  async start(): Promise<void> {
    const argv = [bundle('management'), '--data', this.#data, '--port', String(this.#port)];
    const env = { ...process.env, NODE_COMPILE_CACHE: join(this.#data, 'compile-cache') };
    this.#child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'], env });
    await until(async () => ((await this.answers()) ? true : undefined));
  }

  async stop(): Promise<void> {
    if (this.#child === undefined) return;
    this.#child.kill('SIGTERM');
    await ended(this.#child);
    this.#child = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${this.#port}/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
}

/** Asks again and again until told to stop: how often it was let in, how often not, and the longest time between. */
function asking(ask: () => Promise<boolean>): () => Promise<{ good: number; bad: number; longest: number }> {
  const told = { good: 0, bad: 0, longest: 0 };
  let going = true;
  const work = async () => {
    for (let last = performance.now(); going; await delay(ASK_EVERY_MILLISECONDS)) {
      if (await ask()) {
        told.longest = Math.max(told.longest, performance.now() - last);
        last = performance.now();
        told.good += 1;
      } else told.bad += 1;
    }
  };
  const done = work();
  return async () => {
    going = false;
    await done;
    return told;
  };
}

/** As any program does that reads the configuration: with the password that stands there now. */
async function logsIn(properties: string): Promise<boolean> {
  const login = databaseLogin(await readProperties(properties));
  if (login === undefined) return false;
  try {
    using database = await Database.open(login, login);
    await database.query('SELECT 1');
    return true;
  } catch {
    return false;
  }
}

async function prepare(server: MariadbServer, properties: string): Promise<void> {
  mkdirSync(dirname(properties), { recursive: true });
  const url = `jdbc:mysql://127.0.0.1:${server.port}`;
  writeFileSync(properties, `DB.url = ${url}\nDB.user = zstack\nDB.password = word-0\n`, { mode: 0o640 });
  using root = await server.root();
  await root.query('CREATE DATABASE zstack CHARACTER SET utf8mb4');
  for (const host of ['localhost', '127.0.0.1']) {
    await root.query('CREATE USER ?@? IDENTIFIED BY ?', ['zstack', host, 'word-0']);
    await root.query('GRANT ALL ON zstack.* TO ?@?', ['zstack', host]);
  }
  await root.query(
    'ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?) OR unix_socket',
    [ROOT],
  );
}

/** The service's MySQL password is changed while the service runs and a client logs in all the time. */
const bench: Bench = async () => {
  const server = await MariadbServer.create();
  const folder = openFolder('bench-password-');
  const layout = layoutOf(folder);
  const service = new ManagementProcess(folder, await freePort());
  try {
    await prepare(server, layout.properties);
    const features = managementFeatures({
      data: join(folder, 'data'),
      properties: layout.properties,
      databaseSocket: server.socket,
      store: layout.store,
      units: layout.units,
      backups: layout.backups,
      licence: { path: layout.licence, config: folder },
      service,
      checkPassword: async () => undefined,
    });
    const journal = new Journal({
      folder: join(folder, 'data', 'journal'),
      executors: features.executors,
      changed: () => {},
      log: () => {},
    });
    await journal.recover();
    await service.start();
    const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };
    const signal = new AbortController().signal;
    const run: Run<unknown, Step, unknown> = {
      caller,
      signal,
      emit: () => {},
      progress: () => {},
      holding: (_scope, work) => work(),
      show: (plan) => ({ ...plan, digest: '' }),
      agreed: () => {},
      carryOut: (plan, given) =>
        journal.carryOut(
          { caller, action: 'database.changeServicePassword', plan },
          { signal, given, progress() {} },
        ),
    };
    const change = features.actions.find(({ action }) => action.name === 'database.changeServicePassword');
    const [gaps, taken]: [number[], number[]] = [[], []];
    let [queries, failed] = [0, 0];
    for (let round = 1; round <= ROUNDS; round++) {
      const client = asking(() => logsIn(layout.properties));
      const health = asking(service.answers);
      const from = performance.now();
      await change?.run({ rootPassword: new Secret(ROOT), newPassword: new Secret(`word-${round}`) }, run);
      taken.push((performance.now() - from) / 1000);
      const [told, { longest }] = await Promise.all([client(), health()]);
      queries += told.good;
      failed += told.bad;
      gaps.push(longest / 1000);
    }
    const note = `load ${loadavg()[0]?.toFixed(1)}`;
    return [
      {
        name: 'failed queries in the overlap',
        value: failed,
        unit: '',
        limit: 0,
        note: `of ${queries + failed}`,
      },
      { name: 'service away for its restart, worst', value: Math.max(...gaps), unit: 's', limit: 3, note },
      { name: 'change of the service password, median', value: median(taken), unit: 's', note },
    ];
  } finally {
    await service.stop();
    await server.remove();
    rmSync(folder, { recursive: true });
  }
};
export default bench;
