import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../../src/api/action.ts';
import { type Connection, connect } from '../../../src/api/client.ts';
import { Fault } from '../../../src/api/fault.ts';
import { type Job, verifyAudit, watchJob } from '../../../src/api/jobs.ts';
import { Secret } from '../../../src/api/secret.ts';
import { openSession } from '../../../src/api/session.ts';
import { checkPassword } from '../../../src/guard/schema.ts';
import { randomOf, seed, tellSeed } from '../../fakes/random.ts';
import { type Daemon, isRoot, World } from '../daemons/daemon.ts';
import { OwnEtc } from '../daemons/own-etc.ts';
import type { Message } from './client.ts';
import { complaint } from './complaint.ts';
import { stateOf } from './node-state.ts';
import { actionsOf } from './registry.ts';
import { hostileInput, isHostile } from './values.ts';

const PASSWORD = 'a right one';
const ROUNDS = 5;
const MOST_ROUNDS = 100;
/** Milliseconds for what reads; a change is waited for, since it cannot be left half-way. */
const READING = 300;
const HELLO = { program: 'console', line: '-', version: '0' } as const;

/** What changes something is asked where its input has room for something hostile; the session is needed for the rest. */
const isAsked = ({ name, access, lane, long, input }: Action): boolean =>
  access.includes('password') &&
  !name.startsWith('session.') &&
  ((lane === 'none' && !long) || !input.safeParse({}).success);

describe.skipIf(!isRoot).each(['management', 'compute'] as const)('%s node', (role) => {
  let world: World;
  let etc: OwnEtc;
  let controller: Daemon;
  let actions: Action[];

  beforeAll(async () => {
    tellSeed();
    etc = await OwnEtc.create();
    etc.setPassword(PASSWORD);
    world = await World.create();
    actions = (await actionsOf(role, world.places)).filter(isAsked);
    const script = join(import.meta.dirname, 'own-node.sh');
    const own = ['--net', '--mount', '--propagation', 'private', 'sh', script, etc.folder, world.folder];
    await world.start('guard', { through: ['unshare', ...own] });
    controller = await world.start('controller', { through: ['unshare', ...own], args: ['--role', role] });
  });
  afterAll(async () => {
    await world?.end();
    await etc?.remove();
  });

  /** With the password, and no wrong one counted yet. */
  async function opened(): Promise<Connection> {
    for (const file of ['data/guard/lockout.json', 'run/guard/lockout.json'])
      rmSync(join(world.folder, file), { force: true });
    const guard = await connect(world.places.guardSocket, HELLO);
    const { ticket } = await guard.call(checkPassword, { password: new Secret(PASSWORD) });
    guard.close();
    const connection = await connect(world.places.controllerSocket, HELLO);
    await connection.call(openSession, { ticket, area: 'configuration', takeOver: true });
    return connection;
  }

  /** What comes of it in the end, also of one that becomes a job. */
  async function asked(connection: Connection, action: Action, input: unknown): Promise<Message> {
    const signal = action.lane === 'none' ? { signal: AbortSignal.timeout(READING) } : {};
    try {
      const ok = (await connection.call(action, input as never, signal)) as { job?: string } | null;
      if (!action.long || ok?.job === undefined) return { ok };
      const { fault } = (await connection.call(watchJob, { id: ok.job })) as Job;
      return fault === undefined ? { ok } : { fault };
    } catch (thrown) {
      return { fault: Fault.from(thrown).toRecord() };
    }
  }

  test('hostile values: one clear error each where something would change, and nothing that they say is done', async () => {
    const mark = join(world.folder, 'data/marked');
    const marks = [`$(touch ${mark})`, `\`touch ${mark}\``, `;touch ${mark};`, `|touch ${mark}`];
    const network = ['nsenter', '-t', String(controller.process.pid), '--net'];
    const state = () => stateOf(undefined, etc.folder, network);
    const before = state();
    const random = randomOf(seed);
    const wrong: string[] = [];
    const hostile = new Set<string>();
    // Until one of them got past a schema: else nothing would have been tried.
    for (let round = 0; round < ROUNDS || (hostile.size === 0 && round < MOST_ROUNDS); round++) {
      const connection = await opened();
      for (const action of actions) {
        const { input, passes } = hostileInput(action, random, marks);
        const bad = passes && action.lane !== 'none' && isHostile(action.input.parse(input), marks);
        if (bad) hostile.add(action.name);
        const answer = await asked(connection, action, input);
        const why = complaint(answer) ?? (bad && 'ok' in answer ? 'done' : undefined);
        if (why !== undefined) wrong.push(`${why}: ${action.name} ${JSON.stringify(input).slice(0, 300)}`);
        expect(JSON.stringify(answer)).not.toMatch(/root:[^"]*\$\w+\$/);
      }
      connection.close();
    }
    expect([...new Set(wrong)]).toEqual([]);
    expect(existsSync(mark)).toBe(false);
    console.log(`changes that hostile values got past the schema of: ${[...hostile].join(', ')}`);
    expect(hostile.size).toBeGreaterThan(0);
    expect(state()).toEqual(before);
    expect(controller.process.exitCode).toBeNull();
    const script = await world.connect('controller', 'script');
    expect(await script.call(verifyAudit, {})).toMatchObject({ problems: [] });
  }, 300_000);
});
