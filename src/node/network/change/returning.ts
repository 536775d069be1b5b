import { Fault } from '../../../api/fault.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';

/** How long a NetworkManager that is being restarted is waited for when a change has to be taken back. */
const RETURN = 60_000;

/** NetworkManager, once it is back; undefined when it stays away. */
export async function returning(open: () => Promise<NetworkManager>): Promise<NetworkManager | undefined> {
  const end = performance.now() + RETURN;
  while (performance.now() < end) {
    try {
      return await open();
    } catch (thrown) {
      if (Fault.from(thrown).kind === 'internal') throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return undefined;
}
