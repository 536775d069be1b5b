import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, connect, reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { ClientHello } from '../../src/api/wire.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Facts, watchFacts, watchRepaint } from '../../src/node/facts/schema.ts';
import type { ControllerLink, NodeModel } from '../main/model.ts';
import { lastWords } from './last-words.ts';
import { type Note, noted } from './noted.ts';
import { Seconds } from './seconds.ts';

// By name, so that the first picture does not wait for the schemas to load.
const WATCH_FACTS = reference<typeof watchFacts>('facts.watch');
const WATCH_REPAINT = reference<typeof watchRepaint>('facts.repaint');

const RETRY_MILLISECONDS = 200;
/** A controller that does not greet within this hangs. */
const HANG_MILLISECONDS = 1200;
const HANGS = say('it hangs', '停止响应');
const ENDED = say('it has ended', '已结束');

export interface NodeLinkOptions {
  socketPath: string;
  /** Where the controller leaves why it ended. */
  lastWordsPath: string;
  hello: ClientHello;
  model: NodeModel;
  /** At every whole second of the wall clock. */
  second(): void;
  changed(sections: Partial<Facts>): void;
  repaint(): void;
  note: Note;
}

/** The console's line to the controller: follows the facts, notices death and hang within 2 s, joins again by itself. */
export class NodeLink {
  readonly #options: NodeLinkOptions;
  readonly #stopped = new AbortController();
  readonly #seconds: Seconds;
  #connection: Connection | undefined;
  #lastHeard = Date.now();

  constructor(options: NodeLinkOptions) {
    this.#options = options;
    this.#seconds = new Seconds(options.second, () => this.#lose(HANGS));
  }

  start(): void {
    this.#seconds.start();
    void this.#follow();
  }

  stop(): void {
    this.#seconds.stop();
    this.#stopped.abort();
    this.#connection?.close();
  }

  /** The open connection. Throws `unavailable` while there is none. */
  connection(): Connection {
    if (this.#connection !== undefined && this.#options.model.link.state === 'up') return this.#connection;
    throw new Fault('unavailable', say('the controller does not answer', '控制器没有应答'));
  }

  async #follow(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const why = await this.#once().then(
        () => ENDED,
        (thrown: unknown) => Fault.from(thrown).words,
      );
      this.#connection = undefined;
      this.#lose(lastWords(this.#options.lastWordsPath) ?? why);
      await delay(RETRY_MILLISECONDS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  async #once(): Promise<void> {
    const { socketPath, hello, note } = this.#options;
    const connection = noted(await this.#greeted(connect(socketPath, hello)), note);
    this.#connection = connection;
    const repaints = connection.call(WATCH_REPAINT, {}, { onItem: () => this.#options.repaint() });
    const facts = connection.call(WATCH_FACTS, {}, { onItem: (changed) => this.#merge(changed) });
    try {
      await Promise.race([repaints, facts]);
    } finally {
      this.#seconds.expectNothing();
      connection.close();
      await Promise.allSettled([repaints, facts]);
    }
  }

  /** A controller that hangs is connected to by the kernel and never greets. It is told, and waited for. */
  async #greeted(connecting: Promise<Connection>): Promise<Connection> {
    const waiting = new AbortController();
    const greeted = connecting.then(() => true);
    void Promise.race([greeted, pause(HANG_MILLISECONDS, waiting.signal).then(unlessHeldUp)]).then(
      (heard) => heard || waiting.signal.aborted || this.#lose(HANGS),
      () => undefined,
    );
    return connecting.finally(() => waiting.abort());
  }

  #merge(changed: Partial<Facts>): void {
    const { model } = this.#options;
    this.#lastHeard = Date.now();
    this.#seconds.heard();
    Object.assign(model.facts, changed);
    const back = model.link.state !== 'up';
    this.#linked({ state: 'up' });
    if (back || Object.keys(changed).length > 0) this.#options.changed(changed);
  }

  #lose(why: Words): void {
    const { link } = this.#options.model;
    // Told anew at each try, it would be drawn anew: the controller needs the processor to come back.
    if (link.state === 'lost' && link.why.en === why.en) return;
    this.#linked({ state: 'lost', since: this.#lastHeard, why });
    this.#options.changed({});
  }

  #linked(link: ControllerLink): void {
    const { model, note } = this.#options;
    const why = link.state === 'lost' ? link.why.en : undefined;
    const before = model.link.state === 'lost' ? model.link.why.en : undefined;
    if (link.state !== model.link.state || why !== before) note({ link: link.state, why });
    model.link = link;
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** This program itself may have been held up: an answer that came meanwhile is taken in before the verdict. */
const unlessHeldUp = (): Promise<false> => new Promise((resolve) => setImmediate(() => resolve(false)));
