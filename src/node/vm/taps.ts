import { mustRun } from '../../system/exec.ts';
import type { Guests } from '../../system/libvirt/guests.ts';
import { attributeIn } from '../../system/xml.ts';
import { OURS } from './domain.ts';

/** A guest's end of a bridge, which libvirt put there when the guest started. */
interface Tap {
  name: string;
  bridge: string;
}

/** In the XML of a domain that runs. */
export const tapsIn = (xml: string): Tap[] =>
  [...xml.matchAll(/<interface type='bridge'>.*?<\/interface>/gs)].flatMap(([inside]) => {
    const name = attributeIn(inside, 'target', 'dev');
    const bridge = attributeIn(inside, 'source', 'bridge');
    return name === undefined || bridge === undefined ? [] : [{ name, bridge }];
  });

/** Puts the guests of this cloud back at a bridge that was made anew under them. */
export async function reconnect(guests: Guests, bridge: string): Promise<void> {
  for (const dom of await guests.listRunning()) {
    if ((await guests.metadata(dom, OURS)) === undefined) continue;
    for (const tap of tapsIn(await guests.running(dom)))
      if (tap.bridge === bridge)
        await mustRun(['ip', 'link', 'set', 'dev', tap.name, 'master', bridge], { timeout: 5_000 });
  }
}
