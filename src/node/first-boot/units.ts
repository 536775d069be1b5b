import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { mustRun } from '../../system/exec.ts';
import { systemctl } from '../../system/systemctl.ts';
import { SYSTEMD_UNITS } from '../services/order.ts';
import type { LoadOcfs2, StartUnits } from './plan.ts';
import { type Given, ONCE } from './step.ts';

/** What the steps ask of systemd; replaced in tests. */
export interface FirstUnits {
  /** In systemd's words: `loaded`, `not-found`, `masked`. */
  load(unit: string): Promise<string>;
  /** Settles when all of them are ready; they start at each boot from now on. */
  enable(units: readonly string[]): Promise<void>;
}

/** A broker needs minutes for its first start on a slow machine. */
const START_MILLISECONDS = 600_000;
const MODULE_MILLISECONDS = 300_000;

export const FIRST_UNITS: FirstUnits = {
  load: SYSTEMD_UNITS.load,
  enable: (units) => systemctl(['enable', '--quiet', '--now', ...units], START_MILLISECONDS),
};

export const startUnits = (units: FirstUnits): Executor<StartUnits, Given> => ({
  ...ONCE,
  async apply({ choices }) {
    for (const choice of choices) {
      const loads = await Promise.all(choice.map(async (unit) => [unit, await units.load(unit)] as const));
      if (loads[0]?.[1] === 'not-found') continue;
      const there = loads.filter(([, load]) => load !== 'not-found').map(([unit]) => unit);
      return units.enable(there).catch((thrown) => blame(thrown, there));
    }
    throw notInstalled(choices.map(([first = '']) => first));
  },
});

export const loadOcfs2: Executor<LoadOcfs2, Given> = {
  ...ONCE,
  async apply() {
    await mustRun(['modprobe', 'ocfs2'], { timeout: MODULE_MILLISECONDS });
  },
};

function blame(thrown: unknown, units: readonly string[]): never {
  const { kind, words } = Fault.from(thrown);
  throw new Fault(kind === 'internal' ? 'failed' : kind, words, {
    next: say(`its last words: journalctl -u ${units[0]}`, `查看日志：journalctl -u ${units[0]}`),
    cause: thrown,
  });
}

const notInstalled = (units: readonly string[]): Fault =>
  new Fault('unavailable', say(`not installed: ${units.join(' or ')}`, `未安装：${units.join(' 或 ')}`), {
    next: say('install what the role needs', '请安装该角色所需的软件包'),
  });
