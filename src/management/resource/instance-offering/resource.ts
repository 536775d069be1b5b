import { createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, int, long, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

/** How hosts are chosen for a VM: the one with the fewest VMs of those that may. */
export const LEAST_VMS = 'LeastVmPreferredHostAllocatorStrategy';

/** Processors and memory that VMs are made with. */
export const instanceOffering = resource({
  name: 'InstanceOffering',
  package: 'org.zstack.header.configuration',
  path: '/instance-offerings',
  table: 'instance_offering',
  owner: { column: 'uuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    cpuNum: int(1, 1024),
    cpuSpeed: bounded(int(), { default: 0 }),
    /** Bytes. */
    memorySize: long(1),
    type: bounded(text(255), { default: 'UserVm' }),
    allocatorStrategy: bounded(text(255), { default: LEAST_VMS }),
    sortKey: bounded(int(), { default: 0 }),
    state: oneOf(ENABLED.states, 'InstanceOfferingState'),
    ...DATES,
  },
  related: { vmInstance: { resource: 'VmInstance', from: 'uuid', to: 'instanceOfferingUuid' } },
  states: ENABLED,
});

const { name, description } = instanceOffering.fields;
const LONG_MOST = 2 ** 63;
const own = { checkAccount: true, target: true } as const;
const itself = { uuid: bounded(ref(instanceOffering.vo), own) };

export const createInstanceOffering = createApi(instanceOffering, {
  params: {
    name,
    description,
    cpuNum: bounded(int(1, 1024), { default: 0 }),
    cpuSpeed: bounded(maybe(int()), { default: 0, hidden: true }),
    memorySize: bounded(long(1, LONG_MOST), { default: 0 }),
    allocatorStrategy: maybe(text()),
    sortKey: bounded(maybe(int()), { default: 0 }),
    type: maybe(text()),
  },
});

export const instanceOfferingApis = [
  createInstanceOffering,
  updateApi(instanceOffering, { params: { ...itself, name: maybe(name), description } }),
  stateApi(instanceOffering, { params: itself }),
  deleteApi(instanceOffering, { params: { uuid: bounded(itself.uuid, { okIfGone: true }) } }),
  queryApi(instanceOffering),
];
