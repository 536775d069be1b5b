import { expect, test } from 'vitest';
import { serviceState } from '../../../src/node/services/state.ts';
import type { UnitState } from '../../../src/system/systemd.ts';

const unit = (change: Partial<UnitState>): UnitState => ({
  ...{ load: 'loaded', active: 'active', sub: 'running', result: 'success', pid: 42 },
  ...change,
});

test.each([
  ['running with its pid', unit({}), { active: 'running', pid: 42 }],
  [
    'done at start and counted as there',
    unit({ sub: 'exited', pid: 0 }),
    { active: 'running', detail: 'exited' },
  ],
  ['starting', unit({ active: 'activating', sub: 'start' }), { active: 'starting', pid: 42 }],
  [
    'ending again and again',
    unit({ active: 'activating', sub: 'auto-restart', pid: 0 }),
    { active: 'starting', detail: 'auto-restart' },
  ],
  ['stopping', unit({ active: 'deactivating', sub: 'stop-sigterm' }), { active: 'stopping', pid: 42 }],
  ['stopped', unit({ active: 'inactive', sub: 'dead', pid: 0 }), { active: 'stopped' }],
  [
    'failed, and why',
    unit({ active: 'failed', sub: 'failed', result: 'oom-kill', pid: 0 }),
    { active: 'failed', detail: 'oom-kill' },
  ],
])('a unit that is %s', (_, state, value) => {
  expect(serviceState(state)).toEqual({ state: 'known', value });
});

test('a stopped one whose socket listens says that it starts on demand', () => {
  expect(serviceState(unit({ active: 'inactive', pid: 0 }), true)).toEqual({
    state: 'known',
    value: { active: 'stopped', detail: 'starts on demand' },
  });
});

test.each([
  ['not-found', 'not installed'],
  ['masked', 'masked: it cannot be started'],
])('a unit that is %s is unknown, never stopped', (load, why) => {
  expect(serviceState(unit({ load, active: 'inactive' }))).toMatchObject({
    state: 'unknown',
    why: { en: why },
  });
});

test('a state of a newer systemd is passed on as it is', () => {
  expect(serviceState(unit({ active: 'dreaming' }))).toMatchObject({
    state: 'unknown',
    why: { en: 'systemd says dreaming' },
  });
});
