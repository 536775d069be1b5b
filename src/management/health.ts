import { Fault } from '../api/fault.ts';
import type { Bus } from './bus/bus.ts';
import type { Store } from './store/store.ts';

/** One part of the service as it is now. */
interface PartHealth {
  kind: string;
  /** Why it does not answer; absent when it does. */
  why?: string;
}

/** What `GET /health` answers to this machine itself: `ready` with 200, otherwise 503. Others are told `ready` alone. */
export interface Health {
  ready: boolean;
  pid: number;
  version: string;
  store: PartHealth;
  bus: PartHealth;
}

/** Asks store and bus now. */
export async function healthOf(store: Store, bus: Bus, version: string): Promise<Health> {
  const [ofStore, ofBus] = await Promise.all([asked(store), asked(bus)]);
  const ready = ofStore.why === undefined && ofBus.why === undefined;
  return { ready, pid: process.pid, version, store: ofStore, bus: ofBus };
}

async function asked(part: Store | Bus): Promise<PartHealth> {
  try {
    await part.ask();
    return { kind: part.kind };
  } catch (thrown) {
    return { kind: part.kind, why: Fault.from(thrown).words.en };
  }
}
