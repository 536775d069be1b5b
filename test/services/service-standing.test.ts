import { beforeAll, expect, test } from 'vitest';
import type { Standing } from '../../src/system/service.ts';
import { type Bundle, bundle, NODE } from '../screens/bundle.ts';
import { OwnSystemd } from './own-systemd.ts';
import { until } from './servers.ts';

// A real systemd, each of its states forced.

let systemd: OwnSystemd;
let program: Bundle;

beforeAll(async () => {
  systemd = new OwnSystemd();
  program = await bundle('test/services/service-child.ts');
  await systemd.start();
  return async () => {
    await systemd.end();
    await program.remove();
  };
});

const ask = (unit: string) => systemd.inside([NODE, program.file, 'standing', unit]) as Standing;
const stop = (unit: string) => systemd.inside([NODE, program.file, 'stop', unit]);
const state = (unit: string) =>
  systemd
    .inside(['systemctl', 'show', '--property=ActiveState,SubState', '--value', unit])
    .replace('\n', ' ');
const order = (...argv: string[]) => systemd.inside(['systemctl', '--no-block', ...argv]);
const service = (...lines: string[]) => ['[Service]', ...lines, ''].join('\n');

/** How a unit gets there, how it then stands, and whether a stop has something to do. */
const STATES: [name: string, unit: string, orders: string[][], inState: string, standing: Standing][] = [
  ['not started', service('ExecStart=sleep 900'), [], 'inactive dead', 'stopped'],
  ['running', service('ExecStart=sleep 900'), [['start']], 'active running', 'running'],
  ['starting', service('Type=notify', 'ExecStart=sleep 900'), [['start']], 'activating start', 'running'],
  [
    'what comes before its start',
    service('ExecStartPre=sleep 900', 'ExecStart=sleep 900'),
    [['start']],
    'activating start-pre',
    'running',
  ],
  [
    'reloading',
    service('ExecStart=sleep 900', 'ExecReload=sleep 900'),
    [['start'], ['reload']],
    'reloading reload',
    'running',
  ],
  [
    'waiting to be started again after a failure',
    service('ExecStart=false', 'Restart=always', 'RestartSec=900'),
    [['start']],
    'activating auto-restart',
    'failing',
  ],
  [
    'started again after a failure',
    service(
      'ExecStartPre=sh -c "test -e %t/seen-$$UNIT && exec sleep 900; touch %t/seen-$$UNIT; false"',
      'Environment=UNIT=%n',
      'ExecStart=true',
      'Restart=always',
      'RestartSec=50ms',
    ),
    [['start']],
    'activating start-pre',
    'failing',
  ],
  [
    'ending by itself, to be started again',
    service('ExecStart=true', 'ExecStopPost=sleep 2', 'Restart=always'),
    [['start']],
    'deactivating stop-post',
    'failing',
  ],
  [
    'being stopped by somebody',
    service('ExecStart=sleep 900', 'ExecStop=sleep 2'),
    [['start'], ['stop']],
    'deactivating stop',
    'stopped',
  ],
  [
    'being restarted by somebody',
    service('ExecStart=sleep 900', 'ExecStop=sleep 2'),
    [['start'], ['restart']],
    'deactivating stop',
    'running',
  ],
  ['failed', service('ExecStart=false'), [['start']], 'failed failed', 'stopped'],
];

test.each(STATES.map((row, at) => [...row, at] as const))(
  '%s',
  async (_name, text, orders, inState, standing, at) => {
    const unit = `state${at}.service`;
    systemd.unit(unit, text);
    for (const [at, argv] of orders.entries()) {
      if (at > 0) await until(async () => state(unit) === 'active running' || undefined);
      order(...argv, unit);
    }
    await until(async () => state(unit) === inState || undefined);
    expect(ask(unit)).toBe(standing);
    stop(unit);
    expect(state(unit)).toMatch(/^(inactive|failed) /);
    expect(systemd.inside(['systemctl', 'list-jobs', '--no-legend', unit])).toBe('');
  },
);

test('one that waits for another unit to start is wanted, and does not come up after a stop', async () => {
  systemd.unit('first.service', service('Type=notify', 'ExecStart=sleep 900'));
  systemd.unit('second.service', `[Unit]\nAfter=first.service\n${service('ExecStart=sleep 900')}`);
  order('start', 'first.service', 'second.service');
  await until(async () => state('first.service') === 'activating start' || undefined);
  expect(state('second.service')).toBe('inactive dead');
  expect(ask('second.service')).toBe('running');
  stop('second.service');
  expect(ask('second.service')).toBe('stopped');
  stop('first.service');
  expect(state('second.service')).toBe('inactive dead');
});

test('what is not installed is stopped', () => {
  expect(ask('nothing.service')).toBe('stopped');
  stop('nothing.service');
});
