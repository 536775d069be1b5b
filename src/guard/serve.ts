import type { Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, Implementation, Run } from '../api/action.ts';
import type { Places } from '../api/places.ts';
import type { Step } from '../api/plan.ts';
import { parseInput, Registry } from '../api/registry.ts';
import type { Role } from '../api/role.ts';
import { LIMITS, type Reply, serve } from '../api/server.ts';
import { type Log, logCrash } from '../system/log.ts';
import { isPassword } from '../system/pam.ts';
import { identify } from '../system/peer.ts';
import { bootMilliseconds } from '../system/posix.ts';
import { passwordField, stateOfField } from '../system/shadow.ts';
import { guardActions } from './actions.ts';
import { CheckLog } from './checks.ts';
import { LockoutStore } from './lockout-store.ts';
import { PasswordCheck } from './password.ts';

export interface GuardOptions {
  places: Places;
  role: Role;
  version: string;
  log: Log;
  /** Ends by itself when nobody has been connected for so long (milliseconds); never when undefined. */
  idle: number | undefined;
}

/** Serves until nobody needs it, SIGTERM or SIGINT. */
export async function serveGuard(server: Server, options: GuardOptions): Promise<void> {
  const { places, role, version, log } = options;
  logCrash(log);
  const store = new LockoutStore([join(places.data, 'guard'), join(places.run, 'guard')], places.run, log);
  const registry = new Registry(actions(places, store, log));
  const serving = serve(server, {
    hello: { version, role },
    limits: LIMITS,
    identify,
    call: (caller, action, input, reply) => call(registry, caller, action, input, reply),
    left: () => {},
    log,
  });
  await Promise.race([
    asked(),
    unneeded(() => serving.connections() === 0 && !store.wouldForget, options.idle),
  ]);
  serving.close();
}

function actions(places: Places, store: LockoutStore, log: Log): Implementation[] {
  const checks = new CheckLog(join(places.data, 'guard'));
  const record = async (caller: Caller, event: string, outcome: string): Promise<void> => {
    const { uid, pid, line, program } = caller;
    log(`${event}: ${outcome} (line ${line}, uid ${uid}, pid ${pid})`);
    await checks
      .add({ event, line, uid, pid, program, outcome })
      .catch((error) => log(`not on record: ${error}`));
  };
  const passwords = new PasswordCheck({
    store,
    now: bootMilliseconds,
    wait: (milliseconds) => sleep(milliseconds),
    state: async () => stateOfField(await passwordField('root')),
    isPassword: (password) => isPassword('root', password),
    record: (caller, outcome) => record(caller, 'password.check', outcome),
  });
  return guardActions({
    passwords,
    keyPath: places.guardKey,
    config: places.config,
    now: bootMilliseconds,
    record,
  });
}

/** Guard's actions stream nothing but how they go on, and none is journaled. */
function call(
  registry: Registry,
  caller: Caller,
  name: string,
  input: unknown,
  reply: Reply,
): Promise<unknown> {
  const { action, run } = registry.find(name);
  const never = () => {
    throw new Error(`${name} does more than it may in guard`);
  };
  const context: Run<unknown, Step, unknown> = {
    caller,
    signal: reply.signal,
    emit: never,
    progress: (words) => reply.progress({ words }),
    show: never,
    agreed: never,
    carryOut: never,
    holding: never,
  };
  return run(parseInput(action, input), context);
}

const asked = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });

/** Settles when it was not needed for the whole time. systemd keeps the socket and starts it again. */
function unneeded(now: () => boolean, idle: number | undefined): Promise<void> {
  if (idle === undefined) return new Promise(() => {});
  return new Promise((resolve) => {
    let quiet = 0;
    const timer = setInterval(() => {
      quiet = now() ? quiet + 1 : 0;
      if (quiet < 4) return;
      clearInterval(timer);
      resolve();
    }, idle / 4);
  });
}
