import { api, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, flag, long, maybe, oneOf, ref, text, texts, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';
import { machine } from '../../define/states.ts';

const PACKAGE = 'org.zstack.header.storage.primary';

/** Disabled: no new volumes. Maintenance: VMs with a volume there are stopped and cannot start. */
export const STORAGE_STATES = machine(['Enabled', 'Disabled', 'Maintenance', 'Deleting'], {
  enable: [['Enabled', 'Disabled', 'Maintenance'], 'Enabled'],
  disable: [['Enabled', 'Disabled', 'Maintenance'], 'Disabled'],
  maintain: [['Enabled', 'Disabled', 'Maintenance'], 'Maintenance'],
  deleting: [['*'], 'Deleting'],
});

/** Where volumes are. Capacities are bytes. */
export const primaryStorage = resource({
  name: 'PrimaryStorage',
  package: PACKAGE,
  path: '/primary-storage',
  table: 'primary_storage',
  fields: {
    uuid: uuid(),
    zoneUuid: ref('ZoneVO'),
    name: text(255),
    url: text(2048),
    description: maybe(text(2048)),
    /** What volumes may take, each counted as large as its guest sees it; and what of that is left. */
    totalCapacity: bounded(long(), { default: 0 }),
    availableCapacity: bounded(long(), { default: 0 }),
    /** Of the disks, and what of that is free. */
    totalPhysicalCapacity: bounded(long(), { default: 0 }),
    availablePhysicalCapacity: bounded(long(), { default: 0 }),
    systemUsedCapacity: maybe(long()),
    type: text(255),
    state: oneOf(STORAGE_STATES.states, 'PrimaryStorageState'),
    status: oneOf(['Connecting', 'Connected', 'Disconnected'], 'PrimaryStorageStatus'),
    mountPath: maybe(text(2048)),
    ...DATES,
  },
  joined: {
    attachedClusterUuids: {
      ...{ resource: 'PrimaryStorageClusterRef', by: 'primaryStorageUuid' },
      column: 'clusterUuid',
    },
  },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    volume: { resource: 'Volume', from: 'uuid', to: 'primaryStorageUuid' },
    clusterRef: {
      resource: 'PrimaryStorageClusterRef',
      from: 'uuid',
      to: 'primaryStorageUuid',
      hidden: true,
    },
  },
  aliases: { cluster: 'clusterRef.cluster' },
  goesWith: ['zoneUuid'],
  states: STORAGE_STATES,
  tags: [],
  index: [['zoneUuid']],
});

/** Which clusters' hosts have which of them. */
export const primaryStorageClusterRef = resource({
  name: 'PrimaryStorageClusterRef',
  package: PACKAGE,
  path: '',
  table: 'primary_storage_cluster_ref',
  key: ['clusterUuid', 'primaryStorageUuid'],
  fields: { clusterUuid: ref('ClusterVO'), primaryStorageUuid: ref('PrimaryStorageVO'), ...DATES },
  related: {
    cluster: { resource: 'Cluster', from: 'clusterUuid', to: 'uuid' },
    primaryStorage: { resource: 'PrimaryStorage', from: 'primaryStorageUuid', to: 'uuid' },
  },
  goesWith: ['clusterUuid', 'primaryStorageUuid'],
  index: [['primaryStorageUuid']],
});

const { name, description, url } = primaryStorage.fields;
const answers = { inventory: inventoryOf(primaryStorage) };
const attachment = { clusterUuid: ref('ClusterVO'), primaryStorageUuid: ref('PrimaryStorageVO') };
const place = '/clusters/{clusterUuid}/primary-storage/{primaryStorageUuid}';

export const attachPrimaryStorage = api({
  name: 'AttachPrimaryStorageToCluster',
  package: PACKAGE,
  rest: { method: 'POST', path: place, parameterName: '' },
  params: attachment,
  answers,
});

export const detachPrimaryStorage = api({
  name: 'DetachPrimaryStorageFromCluster',
  package: PACKAGE,
  rest: { method: 'DELETE', path: place },
  params: attachment,
  answers,
});

export const updatePrimaryStorage = updateApi(primaryStorage, {
  params: { name: maybe(name), description, url: maybe(url) },
});

const again = (parameterName: string, uuidParam: string) =>
  ({
    method: 'PUT',
    path: `/primary-storage/{${uuidParam}}/actions`,
    isAction: true,
    parameterName,
  }) as const;

export const reconnectPrimaryStorage = api({
  name: 'ReconnectPrimaryStorage',
  package: PACKAGE,
  rest: again('reconnectPrimaryStorage', 'uuid'),
  params: { uuid: ref('PrimaryStorageVO') },
  answers,
});

export const syncPrimaryStorageCapacity = api({
  name: 'SyncPrimaryStorageCapacity',
  package: PACKAGE,
  rest: again('syncPrimaryStorageCapacity', 'primaryStorageUuid'),
  params: { primaryStorageUuid: ref('PrimaryStorageVO') },
  answers,
});

const many = (vo: string) => bounded(maybe(texts()), { resource: vo });

export const getPrimaryStorageCapacity = api({
  name: 'GetPrimaryStorageCapacity',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/primary-storage/capacities' },
  params: {
    zoneUuids: many('ZoneVO'),
    clusterUuids: many('ClusterVO'),
    primaryStorageUuids: many('PrimaryStorageVO'),
    all: bounded(maybe(flag()), { default: false }),
  },
  answers: {
    totalCapacity: undefined,
    availableCapacity: undefined,
    totalPhysicalCapacity: undefined,
    availablePhysicalCapacity: undefined,
  },
});

export const getPrimaryStorageTypes = api({
  name: 'GetPrimaryStorageTypes',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/primary-storage/types', result: { types: 'primaryStorageTypes' } },
  params: {},
  answers: { primaryStorageTypes: undefined },
});

export const primaryStorageApis = [
  attachPrimaryStorage,
  detachPrimaryStorage,
  reconnectPrimaryStorage,
  syncPrimaryStorageCapacity,
  updatePrimaryStorage,
  stateApi(primaryStorage),
  deleteApi(primaryStorage, { params: { uuid: text() } }),
  getPrimaryStorageCapacity,
  getPrimaryStorageTypes,
  queryApi(primaryStorage, { rest: { method: 'GET', path: primaryStorage.path } }),
];
