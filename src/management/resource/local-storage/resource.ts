import { api, createApi, queryApi } from '../../define/api.ts';
import { DATES, long, maybe, ref, text, unsent, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';
import { primaryStorage } from '../primary-storage/resource.ts';

const PACKAGE = 'org.zstack.storage.primary.local';

export const LOCAL = 'LocalStorage';

/** Which host a volume lies on. */
export const localStorageResourceRef = resource({
  name: 'LocalStorageResourceRef',
  package: PACKAGE,
  path: '/primary-storage/local-storage/resource-refs',
  table: 'local_storage_resource_ref',
  key: ['resourceUuid'],
  fields: {
    resourceUuid: uuid(),
    primaryStorageUuid: ref('PrimaryStorageVO'),
    hostUuid: ref('HostVO'),
    /** Bytes. */
    size: long(),
    resourceType: text(64),
    ...DATES,
  },
  related: {
    volume: { resource: 'Volume', from: 'resourceUuid', to: 'uuid' },
    image: { resource: 'Image', from: 'resourceUuid', to: 'uuid' },
  },
  goesWith: ['primaryStorageUuid', 'hostUuid'],
  index: [['hostUuid'], ['primaryStorageUuid']],
});

/** A host's share of a local storage; the storage's own capacities are their sums. Bytes. */
export const localStorageShare = resource({
  name: 'LocalStorageShare',
  package: PACKAGE,
  path: '',
  table: 'local_storage_share',
  key: ['primaryStorageUuid', 'hostUuid'],
  fields: unsent({
    primaryStorageUuid: ref('PrimaryStorageVO'),
    hostUuid: ref('HostVO'),
    totalCapacity: long(),
    availableCapacity: long(),
    totalPhysicalCapacity: long(),
    availablePhysicalCapacity: long(),
  }),
  goesWith: ['primaryStorageUuid', 'hostUuid'],
  index: [['hostUuid']],
});

const { name, description, url, zoneUuid } = primaryStorage.fields;

export const addLocalPrimaryStorage = createApi(primaryStorage, {
  name: 'AddLocalPrimaryStorage',
  message: `${PACKAGE}.APIAddLocalPrimaryStorageMsg`,
  reply: `${primaryStorage.package}.APIAddPrimaryStorageEvent`,
  rest: { method: 'POST', path: '/primary-storage/local-storage', parameterName: 'params' },
  params: { name, description, url, zoneUuid, type: maybe(text()) },
});

export const getLocalStorageHostDiskCapacity = api({
  name: 'GetLocalStorageHostDiskCapacity',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/primary-storage/local-storage/{primaryStorageUuid}/capacities' },
  params: { primaryStorageUuid: ref(primaryStorage.vo), hostUuid: maybe(ref('HostVO')) },
  answers: { inventories: undefined },
});

export const localStorageApis = [
  addLocalPrimaryStorage,
  getLocalStorageHostDiskCapacity,
  queryApi(localStorageResourceRef, { rest: { method: 'GET', path: localStorageResourceRef.path } }),
];
