import { known, type Reading, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import type { UnitState } from '../../system/systemd.ts';
import type { ServiceFact } from '../facts/schema.ts';

type State = ServiceFact['state'] extends Reading<infer T> ? T : never;

const ACTIVE: Record<string, State['active']> = {
  active: 'running',
  reloading: 'running',
  refreshing: 'running',
  activating: 'starting',
  deactivating: 'stopping',
  inactive: 'stopped',
  failed: 'failed',
  maintenance: 'stopping',
};

/** Finer states that a person should see; the others say the same as the main one. */
const TELLING = new Set(['auto-restart', 'auto-restart-queued', 'exited', 'reload']);

/** systemd's words for a unit as the main screen's. `onDemand`: its socket listens and starts it when asked. */
export function serviceState(unit: UnitState, onDemand = false): ServiceFact['state'] {
  if (unit.load === 'not-found') return unknown(say('not installed', '未安装'));
  if (unit.load === 'masked') return unknown(say('masked: it cannot be started', '已屏蔽：无法启动'));
  const active = ACTIVE[unit.active];
  if (active === undefined)
    return unknown(say(`systemd says ${unit.active}`, `systemd 状态为 ${unit.active}`));
  const detail = detailOf(unit, active, onDemand);
  return known({
    active,
    ...(unit.pid > 0 ? { pid: unit.pid } : {}),
    ...(detail === undefined ? {} : { detail }),
  });
}

function detailOf(unit: UnitState, active: State['active'], onDemand: boolean): string | undefined {
  if (active === 'failed') return unit.result || undefined;
  if (active === 'stopped') return onDemand ? 'starts on demand' : undefined;
  return TELLING.has(unit.sub) ? unit.sub : undefined;
}
