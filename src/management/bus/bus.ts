import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { AsyncMessage, Connection, Consumer, Publisher } from 'rabbitmq-client';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Login } from '../../node/zstack/settings.ts';

export type BusKind = 'in-process' | 'RabbitMQ';

/**
 * How parts of the management plane tell each other things. A message is plain JSON, and may be lost: what it is about
 * stands in the store, where who waits for it looks from time to time.
 */
export interface Bus {
  readonly kind: BusKind;
  publish(topic: string, message: unknown): void;
  /** Calls the listener for each message of a topic, from any part, until the answered function is called. */
  subscribe(topic: string, listener: (message: unknown) => void): Promise<() => Promise<void>>;
  /** Settles when messages can flow; throws `unavailable`. */
  ask(): Promise<void>;
  close(): Promise<void>;
}

/** @param login undefined: messages stay in the process */
export const openBus = (login: Login | undefined): Promise<Bus> =>
  login === undefined ? Promise.resolve(inProcess()) : overRabbit(login);

/** Those of this process who listen. */
class Topics {
  readonly #events = new EventEmitter().setMaxListeners(0);

  tell(topic: string, message: unknown): void {
    // A copy, as over a wire: nobody changes what another one sent.
    this.#events.emit(eventOf(topic), structuredClone(message));
  }

  listen(topic: string, listener: (message: unknown) => void): () => void {
    this.#events.on(eventOf(topic), listener);
    return () => void this.#events.off(eventOf(topic), listener);
  }

  clear(): void {
    this.#events.removeAllListeners();
  }
}

/** A listener is needed for an event named `error`, not for a topic of that name. */
const eventOf = (topic: string) => `topic ${topic}`;

function inProcess(): Bus {
  const topics = new Topics();
  return {
    kind: 'in-process',
    publish: (topic, message) => topics.tell(topic, message),
    subscribe: async (topic, listener) => {
      const end = topics.listen(topic, listener);
      return async () => end();
    },
    ask: async () => undefined,
    close: async () => topics.clear(),
  };
}

const EXCHANGE = 'zstack.events';
const READY_MILLISECONDS = 10_000;

async function overRabbit({ host, port, user, password }: Login): Promise<Bus> {
  // Loaded when it is needed: messages within the process do without it.
  const { Connection } = await import('rabbitmq-client');
  const connection = new Connection({
    hostname: host,
    port,
    username: user,
    password: password?.reveal() ?? '',
    connectionTimeout: READY_MILLISECONDS,
    acquireTimeout: READY_MILLISECONDS,
  });
  let why = 'no answer';
  // It connects again by itself; the reason is told by `ask`.
  connection.on('error', (error: { code?: string; message: string }) => {
    why = error.code ?? error.message;
  });
  const ask = async () => {
    if (!connection.ready) await connected(connection, () => why);
  };
  try {
    await ask();
  } catch (thrown) {
    connection.unsafeDestroy();
    throw thrown;
  }
  const publisher: Publisher = connection.createPublisher({
    confirm: true,
    exchanges: [{ exchange: EXCHANGE, type: 'topic', durable: true }],
  });
  const consumers = new Set<Consumer>();
  const topics = new Topics();
  // Its own news do not come to it once more.
  const own = randomUUID();
  return {
    kind: 'RabbitMQ',
    publish(topic, message) {
      // Who is here hears of it whatever the broker does.
      topics.tell(topic, message);
      if (!connection.ready) return;
      publisher.send({ exchange: EXCHANGE, routingKey: topic, appId: own }, message).catch(() => undefined);
    },
    async subscribe(topic, listener) {
      const end = topics.listen(topic, listener);
      const endConsumer = await consume(connection, consumers, topic, ({ appId, body }) => {
        if (appId !== own) listener(body);
      });
      return async () => {
        end();
        await endConsumer();
      };
    },
    ask,
    async close() {
      await Promise.allSettled([...consumers].map((consumer) => consumer.close()));
      topics.clear();
      await publisher.close();
      await connection.close();
    },
  };
}

async function consume(
  connection: Connection,
  consumers: Set<Consumer>,
  topic: string,
  listener: (message: AsyncMessage) => void,
): Promise<() => Promise<void>> {
  const queue = `${EXCHANGE}.${randomUUID()}`;
  const consumer = connection.createConsumer(
    {
      queue,
      queueOptions: { exclusive: true },
      // News that came once too often would be worse than news that is lost with its listener.
      noAck: true,
      exchanges: [{ exchange: EXCHANGE, type: 'topic', durable: true }],
      queueBindings: [{ exchange: EXCHANGE, routingKey: topic, queue }],
    },
    async (message) => listener(message),
  );
  consumers.add(consumer);
  await new Promise((ready) => consumer.once('ready', () => ready(undefined)));
  return async () => {
    consumers.delete(consumer);
    await consumer.close();
  };
}

/** Settles with the connection; rejects at the first thing that goes wrong. */
const connected = (connection: Connection, why: () => string): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      connection.off('connection', good);
      connection.off('error', bad);
      settle();
    };
    const good = end(resolve);
    const bad = end(() => reject(silent(why())));
    const timer = setTimeout(bad, READY_MILLISECONDS);
    connection.once('connection', good);
    connection.once('error', bad);
  });

const silent = (why: string): Fault =>
  new Fault('unavailable', say(`RabbitMQ does not answer: ${why}`, `RabbitMQ 没有应答：${why}`), {
    next: say(
      'is the broker up? After a change of the hostname: zstack-ctl reset_rabbitmq',
      '请检查消息队列是否运行；若修改过主机名：zstack-ctl reset_rabbitmq',
    ),
  });
