import { createHash } from 'node:crypto';
import type { Guests } from '../../system/libvirt/guests.ts';
import { findGuest } from './guest.ts';

/**
 * What was defined here last. The same is not defined once more: that takes libvirt tens of milliseconds at each start.
 * Nothing of it outlives this program, and nobody's change is overlooked: libvirt is asked whether it still has that.
 */
export class DefinedLast {
  readonly #known = new Map<string, string>();

  /** @param xml the definition that libvirt was just given */
  async keep(guests: Guests, vm: string, xml: string): Promise<void> {
    const found = await findGuest(guests, vm);
    if (found !== undefined) this.#known.set(vm, both(xml, await guests.definition(found.dom)));
  }

  /** Whether libvirt has just what it made of this definition. */
  async has(guests: Guests, vm: string, xml: string): Promise<boolean> {
    const known = this.#known.get(vm);
    const found = known === undefined ? undefined : await findGuest(guests, vm);
    return found !== undefined && known === both(xml, await guests.definition(found.dom));
  }
}

/** There are passwords in them. */
const both = (given: string, kept: string): string =>
  createHash('sha256')
    .update(JSON.stringify([given, kept]))
    .digest('hex');
