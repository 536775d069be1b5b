import { expect, test } from 'vitest';
import { errorCounts } from '../../../src/node/facts/errors.ts';

const entry = (seconds: number, names: object) =>
  JSON.stringify({ __REALTIME_TIMESTAMP: `${seconds}000000`, ...names });

test('errors are counted by source, the newest first, whatever their names are made of', () => {
  const text = [
    entry(1, { SYSLOG_IDENTIFIER: 'kernel' }),
    entry(3, { SYSLOG_IDENTIFIER: 'kernel' }),
    entry(5, { SYSLOG_IDENTIFIER: [255, 254], _SYSTEMD_UNIT: 'x.service' }),
    entry(4, {}),
    '',
  ].join('\n');
  expect(errorCounts(text)).toEqual([
    { source: 'x.service', count: 1, last: 5000 },
    { source: '-', count: 1, last: 4000 },
    { source: 'kernel', count: 2, last: 3000 },
  ]);
});

test('no errors are none', () => expect(errorCounts('')).toEqual([]));
