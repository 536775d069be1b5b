import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Action, defineAction } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import { openBus } from '../../../src/management/bus/bus.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { orderOf, Undecided } from '../../../src/management/jobs/order.ts';
import { Delivery, type HostLine } from '../../../src/management/link/delivery.ts';
import { type Outcome, openOrders, order } from '../../../src/management/link/order-row.ts';
import { OrderBook, QUEUED, SETTLED } from '../../../src/management/link/orders.ts';
import { Vault } from '../../../src/management/secrets/vault.ts';
import { EngineStore } from '../management-api/engine-store.ts';
import { ENGINES } from '../management-api/world.ts';

const make = defineAction<{ made: string }>()({
  name: 'thing.make',
  input: z.object({ name: z.string() }),
  access: ['cluster'],
  lane: 'none',
});
const look = defineAction<void>()({
  name: 'thing.look',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

const TIMES = { look: 200, unsent: 300, order: 60_000, decide: 3_000 };

/** A host that carries each order out when it is told to, once. */
class Host implements HostLine {
  ended = false;
  readonly told: string[] = [];
  readonly running = new Map<string, (outcome: Outcome) => void>();
  readonly outcomes = new Map<string, Outcome>();
  most = 0;

  async carryOut({ id, input }: { id: string; input: unknown }): Promise<Outcome> {
    const known = this.outcomes.get(id);
    if (known !== undefined) return known;
    this.told.push((input as { name: string }).name);
    this.most = Math.max(this.most, this.running.size + 1);
    const outcome = await new Promise<Outcome>((done) => this.running.set(id, done));
    if (this.ended) throw new Error('the line is cut');
    return outcome;
  }

  async cancel(id: string): Promise<Outcome | undefined> {
    return this.outcomes.get(id);
  }

  /** Carries out what it was told; its answers come if the line is there. */
  answer(outcome: Outcome = { output: { made: 'it' } }): void {
    for (const [id, done] of this.running) {
      this.outcomes.set(id, outcome);
      this.running.delete(id);
      done(outcome);
    }
  }
}

describe.each(ENGINES)('%s', (engine) => {
  let at: EngineStore;
  let bus: Awaited<ReturnType<typeof openBus>>;
  let book: OrderBook;
  let job = '';
  const stop = new AbortController();

  beforeAll(async () => {
    at = await EngineStore.open(engine, [order]);
  });
  beforeEach(async () => {
    job = newUuid();
    bus = await openBus(undefined);
    book = await service();
  });
  afterEach(async () => {
    await bus.close();
  });
  afterAll(() => at.end());

  async function service(isConnected = true): Promise<OrderBook> {
    const database = at.store.tables;
    const started = new OrderBook({ database, bus, isConnected: async () => isConnected, times: TIMES });
    await started.start();
    return started;
  }

  async function linked(host: string, line: HostLine, atOnce = 10): Promise<Delivery> {
    const settled = (id: string) => void bus.publish(SETTLED, id);
    const log = (text: string) => {
      if (!text.includes('the line is cut')) throw new Error(text);
    };
    const vault = new Vault();
    const delivery = new Delivery({ database: at.store.tables, host, line, vault, atOnce, settled, log });
    await bus.subscribe(QUEUED, (which) => {
      if (which === host) void delivery.look();
    });
    await delivery.look();
    return delivery;
  }

  const give = (
    host: string,
    name: string,
    resource: string,
    more: { key?: string; seconds?: number } = {},
  ) => orderOf(book, `${job}/${more.key ?? name}`, stop.signal)(host, make, { name }, { resource, ...more });

  const until = async (holds: () => boolean) => {
    for (const end = Date.now() + 30_000; !holds(); await sleep(5))
      if (Date.now() > end) throw new Error('it does not come');
  };

  test('an order is carried out and answered, and given again answered without being carried out', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const first = give(uuid, 'a', thing);
    await until(() => host.told.length === 1);
    host.answer();
    expect(await first).toEqual({ made: 'it' });
    expect(await give(uuid, 'a', thing)).toEqual({ made: 'it' });
    expect(host.told).toEqual(['a']);
  });

  test('one that failed is given anew, as another order', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const fault = new Fault('failed', same('no room')).toRecord();
    const first = give(uuid, 'a', thing);
    await until(() => host.told.length === 1);
    host.answer({ fault });
    await expect(first).rejects.toMatchObject({ kind: 'failed', message: 'no room' });
    const second = give(uuid, 'a', thing);
    await until(() => host.told.length === 2);
    host.answer();
    expect(await second).toEqual({ made: 'it' });
  });

  test('about one resource one after another, ten at once on a host', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const one = give(uuid, 'first', thing);
    await until(() => host.told.length === 1);
    const two = give(uuid, 'second', thing);
    await until(() => host.told.length === 1);
    const others = Array.from({ length: 15 }, (_, index) => give(uuid, `o${index}`, newUuid()));
    await until(() => host.told.length === 10);
    await sleep(50);
    expect(host.told).toHaveLength(10);
    expect(host.told).not.toContain('second');
    const answering = setInterval(() => host.answer(), 5);
    await Promise.all([one, two, ...others]);
    clearInterval(answering);
    expect(host.told).toHaveLength(17);
    expect(host.told.indexOf('second')).toBeGreaterThan(host.told.indexOf('first'));
    expect(host.most).toBe(10);
  });

  test('cut off before the answer it is told again over the next line, and carried out once', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const given = give(uuid, 'a', thing);
    await until(() => host.told.length === 1);
    host.ended = true;
    host.answer();
    await sleep(20);
    expect(await openOrders(at.store.tables, uuid)).toMatchObject([{ state: 'sent' }]);
    host.ended = false;
    await linked(uuid, host);
    expect(await given).toEqual({ made: 'it' });
    expect(host.told).toEqual(['a']);
  });

  test('a service that is started anew waits for the order of the one before', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const gone = new AbortController();
    const first = orderOf(book, `${job}/a`, gone.signal)(uuid, make, { name: 'a' }, { resource: thing });
    await until(() => host.told.length === 1);
    gone.abort();
    await expect(first).rejects.toThrow();
    book = await service();
    const again = give(uuid, 'a', thing);
    await sleep(50);
    host.answer();
    expect(await again).toEqual({ made: 'it' });
    expect(host.told).toEqual(['a']);
  });

  test('a host without a link was not told', async () => {
    book = await service(false);
    await expect(give(newUuid(), 'a', newUuid())).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('out of time it is cancelled at the host, which may have done it', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const late = expect(give(uuid, 'a', thing, { seconds: 2 })).rejects.toMatchObject({ kind: 'timeout' });
    await until(() => host.told.length === 1);
    await late;
    expect(await openOrders(at.store.tables, uuid)).toEqual([]);
    const second = give(uuid, 'b', newUuid(), { seconds: 2 });
    await until(() => host.told.length === 2);
    for (const id of host.running.keys()) host.outcomes.set(id, { output: { made: 'late' } });
    expect(await second).toEqual({ made: 'late' });
  });

  test('out of time on a host that is away it is undecided, and what follows for the resource waits', async () => {
    const host = new Host();
    const [uuid, thing] = [newUuid(), newUuid()];
    await linked(uuid, host);
    const first = give(uuid, 'a', thing, { seconds: 2 });
    await until(() => host.told.length === 1);
    host.ended = true;
    await expect(first).rejects.toBeInstanceOf(Undecided);
    const undone = give(uuid, 'undo', thing, { key: 'undo' });
    const back = new Host();
    await linked(uuid, back);
    await until(() => back.told.length === 1);
    back.answer();
    expect(await undone).toEqual({ made: 'it' });
    expect(back.told).toEqual(['undo']);
  });

  test('a job that is cancelled takes its order back', async () => {
    const host = new Host();
    const uuid = newUuid();
    await linked(uuid, host);
    const unwanted = new AbortController();
    const given = orderOf(book, `${job}/a`, unwanted.signal)(uuid, make, { name: 'a' }, { resource: uuid });
    await until(() => host.told.length === 1);
    unwanted.abort(new Fault('conflict', same('not wanted')));
    await expect(given).rejects.toMatchObject({ kind: 'timeout' });
    expect(await openOrders(at.store.tables, uuid)).toEqual([]);
  });

  test('what is not for the cluster, or wrong, is not even written down', async () => {
    const order = orderOf(book, `${job}/x`, stop.signal);
    const uuid = newUuid();
    await expect(order(uuid, look, {}, { resource: uuid })).rejects.toThrow('not declared for the cluster');
    const wrong = order(uuid, make as Action<z.ZodType, unknown>, { name: 5 }, { resource: uuid });
    await expect(wrong).rejects.toMatchObject({ kind: 'usage', field: 'name' });
    expect(await openOrders(at.store.tables, uuid)).toEqual([]);
  });
});
