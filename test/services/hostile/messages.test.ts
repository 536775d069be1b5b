import { readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../../src/api/action.ts';
import { checkPassword } from '../../../src/guard/schema.ts';
import { pickFrom, randomOf, seed, tellSeed } from '../../fakes/random.ts';
import { type Daemon, isRoot, World } from '../daemons/daemon.ts';
import { OwnEtc } from '../daemons/own-etc.ts';
import { HostileClient } from './client.ts';
import { complaint } from './complaint.ts';
import { stateOf } from './node-state.ts';
import { actionsOf, guardsActions } from './registry.ts';
import { brokenLine, hostileInput } from './values.ts';

/** The long run: `ZS_MESSAGES=1000000`. */
const MESSAGES = Number(process.env.ZS_MESSAGES ?? 8_000);
/**
 * A program may end below the first, or with little more than after the first half. The garbage of a short burst alone
 * moves it by 70 MB; half a million messages have moved all that moves, and a leak of 100 bytes each shows.
 */
const MOST_MEGABYTES = 240;
const GROWN_MEGABYTES = 40;
const MINUTES = 120;
const CLIENTS = 8;
const PASSWORD = 'a right one';
const PROGRAMS = ['controller', 'guard'] as const;
const ARGS = { controller: ['--role', 'management'], guard: [] };

/** They stream until they are cancelled. */
const ENDLESS = /watch|repaint|ping|Reachability|readLog|logs\.read/;
/** Each starts a process of its own or takes seconds: now and then is enough. */
const DEAR = /ping|Reachability|openShell|plan|read$|identify|list|diagnose|verdict/i;
const DEAR_SHARE = 0.02;
/** A wrong password holds its client up for half a minute. */
const PASSWORD_SHARE = 0.0005;
const shareOf = ({ name }: Action): number =>
  name === checkPassword.name ? PASSWORD_SHARE : DEAR.test(name) ? DEAR_SHARE : 1;

describe.skipIf(!isRoot)(`hostile messages, seed ${seed} (needs root)`, () => {
  let world: World;
  let etc: OwnEtc;
  let actions: Action[];
  const daemons = new Map<string, Daemon>();

  beforeAll(async () => {
    tellSeed();
    etc = await OwnEtc.create();
    etc.setPassword(PASSWORD);
    world = await World.create();
    actions = [...(await actionsOf('management', world.places)), ...guardsActions()];
    // In a network of its own: whatever gets through reaches nobody.
    const through = ['unshare', '--net', ...etc.through];
    for (const program of PROGRAMS)
      daemons.set(program, await world.start(program, { through, args: ARGS[program] }));
  });
  afterAll(async () => {
    await world?.end();
    await etc?.remove();
  });

  const socketOf = (program: string) =>
    program === 'guard' ? world.places.guardSocket : world.places.controllerSocket;
  const pidOf = (program: string) => daemons.get(program)?.process.pid ?? 0;
  const descriptors = (program: string) => readdirSync(`/proc/${pidOf(program)}/fd`).length;
  const megabytes = (program: string) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pidOf(program)}/status`, 'latin1'))?.[1]) / 1024;
  const state = () =>
    stateOf(world.folder, etc.folder, ['nsenter', '-t', String(pidOf('controller')), '--net']);

  /** One client's share of the messages. Answers what was wrong, each with the message that caused it. */
  async function attack(program: string, random: () => number, count: number, counted: Map<string, number>) {
    const client = new HostileClient(socketOf(program));
    const count1 = (what: string) => counted.set(what, (counted.get(what) ?? 0) + 1);
    const wrong: string[] = [];
    for (let sent = 0; sent < count && wrong.length < 5; sent++) {
      if (random() < 0.3) {
        const bytes = brokenLine(random);
        const got = await client.break(bytes);
        count1('broken');
        const why =
          got.length === 1 && got[0]?.id === undefined ? complaint(got[0] ?? {}) : `${got.length} answers`;
        if (why !== undefined) wrong.push(`${why}, after ${bytes.toString('latin1').slice(0, 200)}`);
        continue;
      }
      const action = pickFrom(random, actions);
      if (random() > shareOf(action)) {
        sent--;
        continue;
      }
      const { input, passes } = hostileInput(action, random);
      const name =
        random() < 0.02 ? pickFrom(random, ['toString', '__proto__', 'a.b', 'network.*']) : action.name;
      const answer = await client.ask(name, input, ENDLESS.test(action.name) || random() < 0.05);
      count1('well-formed');
      if (passes) count1('passing the schema');
      const why = complaint(answer);
      if (why !== undefined) wrong.push(`${why}, after ${name} ${JSON.stringify(input).slice(0, 300)}`);
    }
    client.close();
    return wrong;
  }

  test.each(PROGRAMS)(
    `${MESSAGES} messages to the %s: one clear error each, nothing leaks, nothing changes`,
    async (program) => {
      const before = state();
      const counted = new Map<string, number>();
      const run = async (count: number, offset: number) => {
        const clients = Array.from({ length: CLIENTS }, (_, index) =>
          attack(program, randomOf(seed + offset + index), Math.ceil(count / CLIENTS), counted),
        );
        return (await Promise.all(clients)).flat();
      };
      // The first half loads what is loaded when it is needed, and grows to what the work needs.
      const wrong = await run(MESSAGES / 2, 0);
      const [files, memory] = [descriptors(program), megabytes(program)];
      wrong.push(...(await run(MESSAGES / 2, 1000)));
      expect(wrong).toEqual([]);

      const share = (what: string) => (counted.get(what) ?? 0) / MESSAGES;
      expect(share('well-formed')).toBeGreaterThan(0.5);
      expect(share('passing the schema')).toBeGreaterThan(0.1);
      const connection = await world.connect(program);
      connection.close();
      await expect.poll(() => descriptors(program), { timeout: 60_000 }).toBeLessThanOrEqual(files);
      expect(daemons.get(program)?.process.exitCode).toBeNull();
      const after = megabytes(program);
      console.log(
        `${program}: ${JSON.stringify(Object.fromEntries(counted))}, memory ${memory.toFixed(0)} MB, then ${after.toFixed(0)} MB`,
      );
      expect(after).toBeLessThan(Math.max(MOST_MEGABYTES, memory + GROWN_MEGABYTES));
      expect(state()).toEqual(before);
    },
    MINUTES * 60_000,
  );

  test.concurrent.each(PROGRAMS)(
    '%s: who never reads or sends a byte a second is ended, and others go on',
    async (program) => {
      const dripping = createConnection(socketOf(program));
      let told = '';
      dripping.setEncoding('utf8').on('data', (text) => {
        told += text;
      });
      dripping.on('error', () => {});
      const ended = new Promise((resolve) => dripping.once('close', resolve));
      const hello = `${JSON.stringify({ hello: { program: 'console', line: '-', version: '0' } })}\n`;
      let at = 0;
      const drip = setInterval(() => dripping.write(hello[at++] ?? ' '), 1000);

      const deaf = createConnection(socketOf(program));
      deaf.on('error', () => {});
      const dropped = new Promise((resolve) => deaf.once('close', resolve));
      await new Promise((resolve) => deaf.once('connect', resolve));
      deaf.pause();
      deaf.write(hello);
      // Its requests are answered, its answers pile up: 4 MB of them may.
      let id = 0;
      let gone = false;
      void dropped.then(() => {
        gone = true;
      });
      const other = await world.connect(program);
      for (let round = 0; round < 3000 && !gone; round++) {
        for (let request = 0; request < 30; request++)
          deaf.write(`{"id":${++id},"action":"${'x'.repeat(60)}"}\n`);
        await new Promise((later) => setImmediate(later));
        if (round % 100 === 0)
          await expect(other.call({ name: 'no.such' }, {})).rejects.toMatchObject({ kind: 'notFound' });
      }
      await expect(other.call({ name: 'no.such' }, {})).rejects.toMatchObject({ kind: 'notFound' });
      deaf.destroy();
      await Promise.all([ended, dropped]);
      clearInterval(drip);
      expect(told).toContain('took too long');
      other.close();
    },
    300_000,
  );
});
