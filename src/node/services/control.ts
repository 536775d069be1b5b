import { run } from '../../system/exec.ts';
import { isSystemdRunning, systemctl } from '../../system/systemctl.ts';

/** A service that can be asked and told. */
export interface Service {
  isRunning(): Promise<boolean>;
  /** Settles when it is ready again; throws when it is not within its time. */
  restart(): Promise<void>;
  /** Settles when it is ready; at once when it runs already. */
  start(): Promise<void>;
  /** Settles when it has ended. */
  stop(): Promise<void>;
}

const ORDER_MILLISECONDS = 150_000;

/** A unit of systemd; its `Type=notify` makes the restart wait for readiness. */
export const systemdService = (unit: string): Service => ({
  async isRunning() {
    if (!isSystemdRunning()) return false;
    const { code } = await run(['systemctl', 'is-active', '--quiet', unit], { timeout: 10_000 });
    return code === 0;
  },
  restart: () => systemctl(['restart', unit], ORDER_MILLISECONDS),
  start: () => systemctl(['start', unit], ORDER_MILLISECONDS),
  stop: () => systemctl(['stop', unit], ORDER_MILLISECONDS),
});
