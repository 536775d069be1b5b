import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { ended, MariadbServer, openFolder } from '../services/servers.ts';
import { type Asked, HOSTS, LEAST_PAGE, PAGE, SESSION, uuidAt } from './api-rows.ts';
import { answersPerSecond, type Load } from './http-load.ts';
import { inTurn } from './in-turn.ts';
import { type Bench, type Row, scale } from './row.ts';

const ROUNDS = 5;
const SECONDS = 3 * scale;
const PATHS = { hosts: 'hosts?q=state=Enabled', vms: 'vm-instances?q=state=Running' };
const child = new URL('api-child.ts', import.meta.url).pathname;

async function ask(program: ChildProcess, asked: Asked): Promise<number> {
  program.send(asked);
  const [answer] = await once(program, 'message');
  return Number(answer);
}

type Base = Omit<Load, 'path' | 'check'>;

/** @param reached port and user of a database server; none: the embedded store */
async function measured(name: string, reached: string[]): Promise<Row[]> {
  const folder = openFolder('bench-api-');
  const program = fork(child, [folder, ...reached], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    await once(program, 'message');
    const port = await ask(program, { port: true });
    const base: Base = { port, authorization: `OAuth ${SESSION}`, seconds: SECONDS };
    const uuid = (at: number) => uuidAt((at * 7919) % HOSTS);
    const one: Load = {
      ...base,
      path: (at) => `/zstack/v1/hosts/${uuid(at)}`,
      check: (body, at) => {
        if (!body.includes(uuid(at))) throw new Error(`not the host that was asked for: ${body}`);
      },
    };
    const text = await bodyOf(port, one.path(1));
    await ask(program, { constant: text });
    const constant: Load = {
      ...base,
      path: () => '/constant',
      check: (body) => {
        if (body !== text) throw new Error('not the constant');
      },
    };
    await answersPerSecond({ ...one, seconds: 1 });
    const [host, plain] = await inTurn(
      ROUNDS,
      () => answersPerSecond(one),
      () => answersPerSecond(constant),
    );
    return [
      row(`host by uuid over REST, ${name}`, host, 0.4 * plain, { constant: plain }),
      await pages('hosts', name, base, program),
      await pages('vms', name, base, program),
    ];
  } finally {
    program.kill();
    await ended(program);
    rmSync(folder, { recursive: true });
  }
}

/** Pages of 100 rows beside the statements that they are made of. */
async function pages(kind: 'hosts' | 'vms', store: string, base: Base, program: ChildProcess): Promise<Row> {
  const page: Load = {
    ...base,
    path: () => `/zstack/v1/${PATHS[kind]}&q=zoneUuid=${PAGE.zone}&limit=100`,
    check: (body) => {
      if (body.length < LEAST_PAGE) throw new Error(`no page: ${body}`);
    },
  };
  const [found, statements] = await inTurn(
    ROUNDS,
    () => answersPerSecond(page),
    () => ask(program, { statements: kind, seconds: SECONDS }),
  );
  return row(`page of 100 ${kind}, two conditions, ${store}`, found, 0.5 * statements, {
    'its statements': statements,
  });
}

const row = (name: string, value: number, limit: number, peers: Record<string, number>): Row => ({
  ...{ name, value, unit: '/s', limit, least: true, peers },
  note: `load ${loadavg()[0]?.toFixed(1)}`,
});

async function bodyOf(port: number, path: string): Promise<string> {
  const headers = { authorization: `OAuth ${SESSION}` };
  return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text();
}

/** The API's server in a process of its own, the clients in this one, on the machine's two processors. */
const bench: Bench = async () => {
  const server = await MariadbServer.create();
  try {
    using root = await server.root();
    await root.query('CREATE DATABASE zstack');
    for (const host of ['localhost', '127.0.0.1']) {
      await root.query('CREATE USER ?@?', ['zstack', host]);
      await root.query('GRANT ALL ON zstack.* TO ?@?', ['zstack', host]);
    }
    const embedded = await measured('embedded', []);
    return [...embedded, ...(await measured('MariaDB', [String(server.port), 'zstack']))];
  } finally {
    await server.remove();
  }
};
export default bench;
