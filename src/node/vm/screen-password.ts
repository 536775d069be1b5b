import type { Secret } from '../../api/secret-text.ts';
import { type Guests, isOn } from '../../system/libvirt/guests.ts';
import type { Domain } from '../../system/libvirt/metadata.ts';
import { attributeIn } from '../../system/xml.ts';
import { screen } from './domain.ts';
import { findGuest } from './guest.ts';
import type { StandingGuests } from './standing.ts';

interface Parts {
  readonly standing: StandingGuests;
}

/** Has a guest's screen ask for that password, now where it can, and from its next start on. Absent: for none. */
export async function askPassword(
  { standing }: Parts,
  vm: string,
  password: Secret | undefined,
): Promise<void> {
  const guests = await standing.get();
  const found = await findGuest(guests, vm);
  if (found === undefined) return;
  await guests.updateDevice(found.dom, screen(password).text, 'config');
  if (password !== undefined && isOn(await guests.state(found.dom)))
    await askNow(guests, found.dom, password);
}

/** QEMU takes another password only where it was started with one. */
async function askNow(guests: Guests, dom: Domain, password: Secret): Promise<void> {
  const xml = await guests.runningWhole(dom);
  if (attributeIn(xml, 'graphics', 'passwd') === undefined) return;
  await guests.updateDevice(dom, screen(password, attributeIn(xml, 'graphics', 'socket')).text, 'live');
}
