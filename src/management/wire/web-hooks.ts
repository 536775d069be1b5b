import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../system/log.ts';
import type { Calls } from '../calls/calls.ts';
import { RestAnswers } from './outcome.ts';
import { NotAllowed, post } from './post.ts';
import { type WebHook, webHookOf } from './web-hook.ts';

const AGAIN_MILLISECONDS = 2_000;
/** At a time: a hook that does not answer holds nobody else up for long. */
const MOST = 50;

/** Tells clients by HTTP how their jobs ended, a few times until one is taken. */
export class WebHooks {
  readonly #calls: Calls;
  readonly #log: Log;
  readonly #answers: RestAnswers;
  readonly #stop = new AbortController();
  readonly #telling = new Map<string, Promise<void>>();

  constructor(calls: Calls, log: Log) {
    this.#calls = calls;
    this.#log = log;
    this.#answers = new RestAnswers(calls.catalogue.resources);
    calls.jobs.whenEnded((uuid) => this.#begin(uuid));
  }

  /** Goes on with those that a service before this one, or this one before a restart, did not come to an end with. */
  async resume(living: readonly string[]): Promise<void> {
    for (const uuid of await this.#calls.jobs.untold(living)) this.#begin(uuid);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#telling.values());
  }

  #begin(uuid: string): void {
    if (this.#stop.signal.aborted || this.#telling.has(uuid) || this.#telling.size >= MOST) return;
    const telling = this.#tell(uuid)
      .catch((error: Error) => this.#log(`web hook of job ${uuid}: ${error.message}`))
      .finally(() => this.#telling.delete(uuid));
    this.#telling.set(uuid, telling);
  }

  async #tell(uuid: string): Promise<void> {
    const found = await this.#calls.jobs.outcome(uuid);
    const served = this.#calls.catalogue.apis.get(found?.row.api ?? '');
    if (found === undefined || served === undefined || found.row.hook === null) return;
    if ('running' in found.outcome) return;
    const hook = webHookOf(found.row.hook);
    const { code, body = {} } = this.#answers.outcome(served.api, found.outcome, hook.schema);
    const headers = { 'X-Job-UUID': uuid, 'X-Job-Success': String(code === 200) };
    for (let left = hook.left; left > 0; left--) {
      await this.#calls.jobs.keepHook(
        uuid,
        left === 1 ? undefined : JSON.stringify({ ...hook, left: left - 1 }),
      );
      const why = await this.#tried(hook, headers, JSON.stringify(body));
      if (why === undefined) return this.#calls.jobs.keepHook(uuid, undefined);
      if (why instanceof NotAllowed || left === 1) return this.#givenUp(uuid, why);
      await sleep(AGAIN_MILLISECONDS, undefined, { signal: this.#stop.signal });
    }
  }

  /** Why it was not taken. */
  async #tried(
    { url, isHere }: WebHook,
    headers: Record<string, string>,
    body: string,
  ): Promise<Error | undefined> {
    const { signal } = this.#stop;
    try {
      const isTaken = await post(new URL(url), { headers, body, isHere, signal });
      return isTaken ? undefined : new Error('it was not taken');
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return thrown as Error;
    }
  }

  async #givenUp(uuid: string, why: Error): Promise<void> {
    this.#log(`web hook of job ${uuid} is given up: ${why.message}`);
    await this.#calls.jobs.keepHook(uuid, undefined);
  }
}
