import { mustRun, run } from './exec.ts';
import { isSystemdRunning, systemctl } from './systemctl.ts';

/**
 * `running`: it runs or starts. `failing`: it has failed and systemd starts it again and again, so that it may run at
 * any moment. `stopped`: it does not run, and nobody has asked for it.
 */
export type Standing = 'running' | 'failing' | 'stopped';

/** A service that can be asked and told. */
export interface Service {
  standing(): Promise<Standing>;
  /** Settles when it is ready again; throws when it is not within its time. */
  restart(): Promise<void>;
  /** Settles when it is ready; at once when it runs already. */
  start(): Promise<void>;
  /** Settles when it has ended, however it stood, and nothing starts it again by itself. */
  stop(): Promise<void>;
}

/** Restarts what does not stand still. One that failed before needs not come up now: that is nothing new. */
export async function restartAs(service: Service, before: Standing): Promise<void> {
  if (before === 'running') await service.restart();
  if (before === 'failing') await service.restart().catch(() => {});
}

/** Starts what was stopped, by how it stood before; as `restartAs`. */
export async function resume(service: Service, before: Standing): Promise<void> {
  if (before === 'running') await service.start();
  if (before === 'failing') await service.start().catch(() => {});
}

const ASK_MILLISECONDS = 10_000;
const ORDER_MILLISECONDS = 150_000;
const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'NRestarts', 'Job'] as const;

/** A unit of systemd; its `Type=notify` makes the restart wait for readiness. */
export const systemdService = (unit: string): Service => ({
  standing: async () => (isSystemdRunning() ? standingOf(unit) : 'stopped'),
  restart: () => systemctl(['restart', unit], ORDER_MILLISECONDS),
  start: () => systemctl(['start', unit], ORDER_MILLISECONDS),
  async stop() {
    // Asked first: one that is not installed is no failure to stop.
    if (isSystemdRunning() && (await mayRun(unit))) await systemctl(['stop', unit], ORDER_MILLISECONDS);
  },
});

type Shown = Partial<Record<(typeof PROPERTIES)[number], string>>;

async function show(unit: string): Promise<Shown> {
  const argv = ['systemctl', 'show', `--property=${PROPERTIES.join(',')}`, unit];
  const text = await mustRun(argv, { timeout: ASK_MILLISECONDS });
  return Object.fromEntries(text.split('\n').map((line) => line.split('=', 2)));
}

const mayRun = async (unit: string): Promise<boolean> => {
  const { LoadState, ActiveState } = await show(unit);
  return LoadState !== 'not-found' || ActiveState !== 'inactive';
};

async function standingOf(unit: string): Promise<Standing> {
  const { ActiveState, SubState = '', NRestarts, Job = '' } = await show(unit);
  // By its job it waits for what it needs, or is being restarted; without one nobody has asked for it.
  const wanted = Job !== '' && !(await isStopping(unit));
  switch (ActiveState) {
    case 'inactive':
    case 'failed':
      return wanted ? 'running' : 'stopped';
    case 'activating':
      return SubState.startsWith('auto-restart') || Number(NRestarts) > 0 ? 'failing' : 'running';
    case 'deactivating':
      if (Job !== '') return wanted ? 'running' : 'stopped';
      // It ends by itself: systemd may start it again.
      return 'failing';
    default:
      return 'running';
  }
}

async function isStopping(unit: string): Promise<boolean> {
  const { stdout } = await run(['systemctl', '--no-legend', '--plain', 'list-jobs', unit], {
    timeout: ASK_MILLISECONDS,
  });
  return /^\s*\d+\s+\S+\s+stop\s/m.test(stdout);
}
