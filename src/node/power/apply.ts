import { Fault } from '../../api/fault.ts';
import { systemctl } from '../../system/systemctl.ts';

export type PowerOrder = 'reboot' | 'poweroff';

/** systemd answers at once when it has taken the order; one that hangs is given up on. */
const ORDER_MILLISECONDS = 15_000;

/**
 * Reboots or powers off. When systemd does not take the ordinary order (its jobs hang, D-Bus is dead), it is told to
 * skip the services and go down by itself: a person has asked for it in so many words. Faults as `systemctl`.
 */
export async function givePowerOrder(order: PowerOrder, why = ''): Promise<void> {
  // In one argument: what it says is no option.
  const message = why === '' ? [] : [`--message=${why}`];
  try {
    await systemctl([...message, order], ORDER_MILLISECONDS);
  } catch (thrown) {
    if (!mayForce(thrown)) throw thrown;
    await systemctl(['--force', order], ORDER_MILLISECONDS);
  }
}

const mayForce = (thrown: unknown): boolean =>
  thrown instanceof Fault && (thrown.kind === 'failed' || thrown.kind === 'timeout');
