import { say } from '../../../api/words.ts';
import { create } from '../../calls/change.ts';
import { serves } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import { createInstanceOffering, instanceOffering, LEAST_VMS } from './resource.ts';

/** With less no guest comes up. */
const LEAST_MEMORY = 16 * 2 ** 20;

function only(field: string, value: string | undefined, allowed: string): void {
  if (value !== undefined && value !== allowed)
    throw badField(field, say(`${value} is not ${allowed}`, `${value} 不是 ${allowed}`));
}

const make = serves(createInstanceOffering, async (on, params) => {
  only('type', params.type, 'UserVm');
  only('allocatorStrategy', params.allocatorStrategy, LEAST_VMS);
  if (params.memorySize < LEAST_MEMORY)
    throw badField('memorySize', say('is below 16 MB, in bytes', '小于 16 MB（以字节为单位）'));
  return create(instanceOffering)(on, params);
});

export const instanceOfferingCalls = [make];
