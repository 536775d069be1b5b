import { expect, test } from 'vitest';
import { known, type Reading, unknown } from '../../../src/api/reading.ts';
import { same, say } from '../../../src/api/words.ts';
import { managementOf } from '../../../src/controller/facts/management.ts';
import type { NodeFacts } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import type { ServiceFact } from '../../../src/node/facts/schema.ts';

const SILENT = unknown(same('it does not answer'));

/** What is told of the hosts when the service itself answers nothing. */
function told(state: ServiceFact['state'], hosts: Reading<never> = SILENT) {
  const identity = { role: 'management' as const, hostname: 'n', version: '1', os: '', kernel: '' };
  const label = say('Service', '管理服务');
  const services: ServiceFact[] = [{ key: 'management', label, unit: 'zs-management.service', state }];
  const management = { ...NOT_READ.management, hosts, vms: hosts };
  return managementOf({ ...NOT_READ, identity, services, management } as NodeFacts).hosts;
}

test('a service that systemd knows is told as systemd has it', () => {
  expect(told(known({ active: 'failed' }))).toEqual(unknown(say('Service is not running', '管理服务未运行')));
  expect(told(known({ active: 'running', pid: 7 }))).toMatchObject({ why: { en: 'Service does not tell' } });
});

test('where systemd knows nothing of it, what came of asking the service itself is told', () => {
  expect(told(unknown(same('systemd does not run here')))).toEqual(SILENT);
});
