import { expect, test } from 'vitest';
import { addressRows } from '../../screens/collect-logs/collect-logs.ts';
import { known, unknown } from '../../src/api/reading.ts';
import { say } from '../../src/api/words.ts';

test('an address over plain HTTP says so; without one there is nothing to say', () => {
  const rows = JSON.stringify(addressRows(known('http://192.0.2.1:8090/token/'), 0));
  expect(rows).toContain('http://192.0.2.1:8090/token/');
  expect(rows).toContain('plain HTTP');
  expect(rows).toContain('明文 HTTP');
  const none = JSON.stringify(addressRows(unknown(say('why', '为何')), 0));
  expect(none).toContain('no address: why');
  expect(none).not.toContain('HTTP');
});
