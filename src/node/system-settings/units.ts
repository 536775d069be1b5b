import { mustRun, run } from '../../system/exec.ts';
import { needSystemd, systemctl } from '../../system/systemctl.ts';

const LIMIT = 20_000;
const ORDER_LIMIT = 90_000;

export interface UnitShown {
  active: boolean;
  enabled: boolean;
  killMode: string;
}

/** What the settings ask of systemd's units. All throw `unavailable` where systemd does not run. */
export interface UnitControl {
  /** The first of these that is installed; undefined when none is. */
  installed(names: readonly string[]): Promise<string | undefined>;
  show(unit: string): Promise<UnitShown>;
  restart(unit: string): Promise<void>;
  /** Turns a unit on or off: now, and at the start of the machine. */
  turn(unit: string, now: boolean, atStart: boolean): Promise<void>;
}

/** States in which a unit does its work, or is about to. */
const RUNS = new Set(['active', 'reloading', 'refreshing', 'activating']);

export const UNIT_CONTROL: UnitControl = {
  async installed(names) {
    for (const name of names) if ((await properties(name)).LoadState === 'loaded') return name;
    return undefined;
  },
  async show(unit) {
    const { ActiveState, UnitFileState, KillMode = '' } = await properties(unit);
    return { active: RUNS.has(ActiveState ?? ''), enabled: UnitFileState === 'enabled', killMode: KillMode };
  },
  restart: (unit) => systemctl(['restart', unit], ORDER_LIMIT),
  async turn(unit, now, atStart) {
    await systemctl([atStart ? 'enable' : 'disable', unit], ORDER_LIMIT);
    await systemctl([now ? 'start' : 'stop', unit], ORDER_LIMIT);
  },
};

async function properties(unit: string): Promise<Record<string, string>> {
  needSystemd();
  const wanted = '--property=LoadState,ActiveState,UnitFileState,KillMode';
  const text = await mustRun(['systemctl', 'show', wanted, unit], { timeout: LIMIT });
  return Object.fromEntries(text.split('\n').map((line) => line.split('=', 2)));
}

/** Whether an NTP client keeps the kernel's clock in step, by systemd's own word. */
export async function isSynced(): Promise<boolean> {
  const argv = ['timedatectl', 'show', '--property=NTPSynchronized', '--value'];
  const { stdout } = await run(argv, { timeout: LIMIT });
  return stdout.trim() === 'yes';
}
