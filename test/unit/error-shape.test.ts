import { expect, test } from 'vitest';
import { Fault } from '../../src/api/fault.ts';
import { same, say } from '../../src/api/words.ts';
import { errorOf } from '../../src/management/define/error-shape.ts';
import { Refusal } from '../../src/management/define/refusal.ts';

test('a fault is told with its cause, in English and in Chinese where that differs', () => {
  const deepest = new Fault('failed', same('qemu: no such file'));
  const cause = new Fault('timeout', say('no answer', '没有应答'), { cause: deepest });
  const next = say('look there', '请查看');
  const whole = new Refusal('HOST.1005', 'failed', say('it cannot', '无法'), { cause, next });
  expect(errorOf(whole)).toEqual({
    code: 'HOST.1005',
    description: 'the host could not start the VM',
    details: 'it cannot: look there',
    elaboration: '无法：请查看',
    cause: {
      code: 'SYS.1001',
      description: 'no answer in time',
      details: 'no answer',
      elaboration: '没有应答',
      cause: { code: 'SYS.1006', description: 'the operation failed', details: 'qemu: no such file' },
    },
  });
});

test('what is no fault of ours is no cause, and causes end', () => {
  expect(errorOf(new Fault('failed', same('x'), { cause: new Error('inner') }))).not.toHaveProperty('cause');
  let fault = new Fault('failed', same('0'));
  for (let at = 1; at < 20; at++) fault = new Fault('failed', same(`${at}`), { cause: fault });
  expect(JSON.stringify(errorOf(fault)).match(/"cause"/g)).toHaveLength(5);
});
