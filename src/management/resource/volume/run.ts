import { serves } from '../../calls/doing.ts';
import { KVM } from '../host/resource.ts';
import { getVolumeFormat } from './resource.ts';

/** What volumes are made as, and which hypervisors run them. */
const FORMATS = [{ format: 'qcow2', masterHypervisorType: KVM, supportingHypervisorTypes: [KVM] }];

export const volumeCalls = [serves(getVolumeFormat, async () => ({ formats: FORMATS }))];
