import { say } from '../../../api/words.ts';
import { create } from '../../calls/change.ts';
import { serves } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import { createDiskOffering, diskOffering } from './resource.ts';

const make = serves(createDiskOffering, (on, { allocationStrategy, ...params }) => {
  if (allocationStrategy !== undefined)
    throw badField('allocationStrategy', say('this version has none to choose from', '本版本没有可选的策略'));
  return create(diskOffering)(on, params);
});

export const diskOfferingCalls = [make];
