import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type Guests, isOn } from '../../system/libvirt/guests.ts';
import type { Domain } from '../../system/libvirt/metadata.ts';
import { STATE } from '../../system/libvirt/protocol.ts';
import { attributeIn } from '../../system/xml.ts';
import { OURS } from './domain.ts';

/** A guest of this cloud that is defined here. */
export interface Defined {
  dom: Domain;
  /** What people call it. */
  name: string;
}

/** Undefined when it is not defined here. Throws `conflict` field `vm` for a domain of somebody else's. */
export async function findGuest(guests: Guests, vm: string): Promise<Defined | undefined> {
  const dom = await guests.find(vm);
  if (dom === undefined) return undefined;
  const ours = await guests.metadata(dom, OURS);
  if (ours === undefined) throw foreign(dom.name);
  return { dom, name: nameIn(ours) ?? vm };
}

/** What people call a guest, by our element in its metadata. */
export const nameIn = (metadata: string): string | undefined => attributeIn(metadata, 'vm', 'name');

/** As `findGuest`. Throws `notFound` field `vm` when it is not defined here. */
export async function mustFindGuest(guests: Guests, vm: string): Promise<Defined> {
  const found = await findGuest(guests, vm);
  if (found !== undefined) return found;
  throw new Fault('notFound', say('this VM is not on this node', '该云主机不在本节点'), { field: 'vm' });
}

/** Milliseconds between two looks, should an event be lost. */
const LOOK = 2_000;

/**
 * Presses its power button and waits; what is still on after the time, or is paused and cannot hear, loses its power.
 * @param patience seconds
 */
export async function halt(
  guests: Guests,
  dom: Domain,
  patience: number,
  signal: AbortSignal,
): Promise<void> {
  const state = await guests.state(dom);
  if (!isOn(state)) return;
  if (patience > 0 && state !== STATE.paused) await shutDown(guests, dom, patience, signal);
  await guests.powerOff(dom);
}

async function shutDown(guests: Guests, dom: Domain, patience: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + patience * 1000;
  await guests.pressButton(dom);
  while (isOn(await guests.state(dom))) {
    const left = end - performance.now();
    if (left <= 0) return;
    await eventOr(guests, Math.min(left, LOOK), signal);
  }
}

/** Settles with the next event of any domain, or after so many milliseconds. Throws the signal's reason. */
async function eventOr(guests: Guests, milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const heard = new AbortController();
  const stop = guests.onChange(() => heard.abort());
  await sleep(milliseconds, undefined, { signal: AbortSignal.any([heard.signal, signal]) })
    .catch(() => signal.throwIfAborted())
    .finally(stop);
}

const foreign = (name: string): Fault =>
  new Fault(
    'conflict',
    say(`the domain ${name} is not of this cloud, and is left alone`, `域 ${name} 不属于本云，不予改动`),
    { field: 'vm' },
  );
