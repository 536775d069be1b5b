import { api, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, flag, int, long, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

const STATUSES = ['Creating', 'Ready', 'NotInstantiated', 'Deleted', 'Migrating'] as const;

/** A disk of a VM. Sizes are bytes. */
export const volume = resource({
  name: 'Volume',
  package: 'org.zstack.header.volume',
  path: '/volumes',
  table: 'volume',
  owner: { column: 'uuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    primaryStorageUuid: maybe(ref('PrimaryStorageVO')),
    vmInstanceUuid: maybe(ref('VmInstanceVO')),
    diskOfferingUuid: maybe(ref('DiskOfferingVO')),
    rootImageUuid: maybe(ref('ImageVO')),
    installPath: maybe(text(2048)),
    type: oneOf(['Root', 'Data'], 'VolumeType'),
    format: maybe(text(255)),
    /** As its guest sees it, and of its file. */
    size: maybe(long()),
    actualSize: maybe(long()),
    deviceId: maybe(int()),
    state: oneOf(ENABLED.states, 'VolumeState'),
    status: oneOf(STATUSES, 'VolumeStatus'),
    isShareable: flag(),
    ...DATES,
  },
  related: {
    localStorageHostRef: { resource: 'LocalStorageResourceRef', from: 'uuid', to: 'resourceUuid' },
    vmInstance: { resource: 'VmInstance', from: 'vmInstanceUuid', to: 'uuid' },
    diskOffering: { resource: 'DiskOffering', from: 'diskOfferingUuid', to: 'uuid' },
    primaryStorage: { resource: 'PrimaryStorage', from: 'primaryStorageUuid', to: 'uuid' },
    image: { resource: 'Image', from: 'rootImageUuid', to: 'uuid' },
  },
  goesWith: ['vmInstanceUuid', 'primaryStorageUuid'],
  heldBy: { resource: 'VmInstance', by: 'vmInstanceUuid' },
  states: ENABLED,
  index: [['vmInstanceUuid'], ['primaryStorageUuid'], ['rootImageUuid'], ['diskOfferingUuid']],
});

const { name, description } = volume.fields;
const one = bounded(ref(volume.vo), { checkAccount: true, target: true });

export const getVolumeFormat = api({
  name: 'GetVolumeFormat',
  package: volume.package,
  sync: true,
  rest: { method: 'GET', path: '/volumes/formats' },
  params: {},
  answers: { formats: undefined },
});

export const volumeApis = [
  getVolumeFormat,
  updateApi(volume, { params: { uuid: one, name: maybe(name), description } }),
  stateApi(volume, { params: { uuid: one } }),
  queryApi(volume),
];
