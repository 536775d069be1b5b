import { createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, int, long, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

/** Size that volumes are made with. */
export const diskOffering = resource({
  name: 'DiskOffering',
  package: 'org.zstack.header.configuration',
  path: '/disk-offerings',
  table: 'disk_offering',
  owner: { column: 'uuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    /** Bytes. */
    diskSize: long(1),
    sortKey: bounded(int(), { default: 0 }),
    state: oneOf(ENABLED.states, 'DiskOfferingState'),
    type: bounded(text(255), { default: 'DefaultDiskOfferingType' }),
    allocatorStrategy: maybe(text(255)),
    ...DATES,
  },
  related: { volume: { resource: 'Volume', from: 'uuid', to: 'diskOfferingUuid' } },
  states: ENABLED,
});

const { name, description } = diskOffering.fields;
const LONG_MOST = 2 ** 63;
const own = { checkAccount: true, target: true } as const;
const itself = { uuid: bounded(ref(diskOffering.vo), own) };

export const createDiskOffering = createApi(diskOffering, {
  params: {
    name,
    description,
    diskSize: bounded(long(1, LONG_MOST), { default: 0 }),
    sortKey: bounded(maybe(int()), { default: 0 }),
    allocationStrategy: maybe(text()),
    type: maybe(oneOf(['zstack'])),
  },
});

export const diskOfferingApis = [
  createDiskOffering,
  updateApi(diskOffering, { params: { ...itself, name: maybe(name), description } }),
  stateApi(diskOffering, { params: itself }),
  deleteApi(diskOffering, { params: { uuid: bounded(text(), own) } }),
  queryApi(diskOffering),
];
