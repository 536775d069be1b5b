import { api, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import {
  bounded,
  DATES,
  date,
  flag,
  int,
  long,
  maybe,
  oneOf,
  ref,
  secret,
  text,
  texts,
  uuid,
} from '../../define/fields.ts';
import { inventoryOf, kindOf, resource } from '../../define/resource.ts';
import { machine } from '../../define/states.ts';
import type { RowOf } from '../../define/table.ts';

const PACKAGE = 'org.zstack.header.host';
export const KVM = 'KVM';

/** PreMaintenance lasts while VMs are moved away or stopped. */
const STATES = machine(['Enabled', 'Disabled', 'PreMaintenance', 'Maintenance'], {
  enable: [['*'], 'Enabled'],
  disable: [['*'], 'Disabled'],
  maintain: [['*'], 'Maintenance'],
});

const onKvm = { kind: KVM } as const;
const hidden = { neverSent: true } as const;

/** A server that runs VMs. */
export const host = resource({
  name: 'Host',
  package: PACKAGE,
  path: '/hosts',
  table: 'host',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    zoneUuid: ref('ZoneVO'),
    clusterUuid: ref('ClusterVO'),
    managementIp: text(255),
    hypervisorType: text(255),
    state: oneOf(STATES.states, 'HostState'),
    status: oneOf(['Connecting', 'Connected', 'Disconnected'], 'HostStatus'),
    /** Processors times the ratio of over-provisioning. */
    totalCpuCapacity: long(),
    availableCpuCapacity: long(),
    cpuSockets: int(),
    cpuNum: int(),
    /** Bytes. */
    totalMemoryCapacity: long(),
    availableMemoryCapacity: long(),
    username: bounded(maybe(text(255)), onKvm),
    sshPort: bounded(maybe(int()), onKvm),
    ...DATES,
    /** SHA-256 of the public key that it proves itself by, hex. */
    keyHash: bounded(text(64), hidden),
    version: bounded(maybe(text(64)), hidden),
    /** Last sign of life. */
    heard: bounded(date(), hidden),
    /** Why it is not connected, or not as it should be. */
    why: bounded(maybe(text(1000)), hidden),
  },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    cluster: { resource: 'Cluster', from: 'clusterUuid', to: 'uuid' },
    vmInstance: { resource: 'VmInstance', from: 'uuid', to: 'hostUuid' },
  },
  goesWith: ['clusterUuid', 'zoneUuid'],
  states: STATES,
  tags: ['reservedCpu::{capacity}', 'reservedMemory::{capacity}'],
  unique: [['keyHash']],
  index: [['zoneUuid'], ['clusterUuid'], ['status']],
});
export type HostRow = RowOf<typeof host>;

export const kvmHost = {
  ...kindOf(host, {
    ...{ name: 'KVMHost', package: 'org.zstack.kvm', path: '/hosts/kvm' },
    ...{ field: 'hypervisorType', value: KVM },
  }),
  // Tags are given to hosts of any kind.
  tags: [],
};

const { name, description } = host.fields;
const answers = { inventory: inventoryOf(host) };
const itself = { uuid: ref('HostVO') };
const changes = {
  name: maybe(name),
  description,
  managementIp: bounded(maybe(text(255)), { emptyString: false }),
};

export const addKvmHost = api({
  name: 'AddKVMHost',
  package: 'org.zstack.kvm',
  reply: `${PACKAGE}.APIAddHostEvent`,
  rest: { method: 'POST', path: '/hosts/kvm', parameterName: 'params' },
  params: {
    resourceUuid: maybe(uuid()),
    name,
    description,
    managementIp: bounded(text(), { emptyString: false }),
    clusterUuid: ref('ClusterVO'),
    username: text(255),
    password: secret(255),
    sshPort: bounded(maybe(int(1, 65535)), { default: 22 }),
  },
  answers,
});

export const updateKvmHost = updateApi(kvmHost, {
  reply: `${PACKAGE}.APIUpdateHostEvent`,
  rest: { method: 'PUT', path: '/hosts/kvm/{uuid}/actions', isAction: true, parameterName: 'updateKVMHost' },
  answers,
  params: {
    ...itself,
    ...changes,
    username: bounded(maybe(text(255)), { emptyString: false }),
    password: maybe(secret(255)),
    sshPort: maybe(int(1, 65535)),
  },
});

export const reconnectHost = api({
  name: 'ReconnectHost',
  package: PACKAGE,
  rest: { method: 'PUT', path: '/hosts/{uuid}/actions', isAction: true, parameterName: 'reconnectHost' },
  params: itself,
  answers,
});

export const changeHostState = stateApi(host);
export const deleteHost = deleteApi(host, { params: { uuid: text() } });

export const getHypervisorTypes = api({
  name: 'GetHypervisorTypes',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/hosts/hypervisor-types' },
  params: {},
  answers: { hypervisorTypes: undefined },
});

const ALLOCATOR = 'org.zstack.header.allocator';
const some = (of: string) => maybe(bounded(texts(), { resource: of }));
export const getCpuMemoryCapacity = api({
  name: 'GetCpuMemoryCapacity',
  package: ALLOCATOR,
  sync: true,
  rest: { method: 'GET', path: '/hosts/capacities/cpu-memory' },
  params: {
    ...{ zoneUuids: some('ZoneVO'), clusterUuids: some('ClusterVO'), hostUuids: some('HostVO') },
    all: bounded(maybe(flag()), { default: false }),
  },
  answers: {
    ...{ totalCpu: undefined, availableCpu: undefined, totalMemory: undefined },
    availableMemory: undefined,
  },
});

export const getHostAllocatorStrategies = api({
  name: 'GetHostAllocatorStrategies',
  package: ALLOCATOR,
  sync: true,
  rest: {
    ...{ method: 'GET', path: '/hosts/allocators/strategies' },
    result: { strategies: 'hostAllocatorStrategies' },
  },
  params: {},
  answers: { hostAllocatorStrategies: undefined },
});

export const hostApis = [
  addKvmHost,
  updateApi(host, { params: changes }),
  updateKvmHost,
  reconnectHost,
  changeHostState,
  deleteHost,
  getHypervisorTypes,
  getCpuMemoryCapacity,
  getHostAllocatorStrategies,
  queryApi(host),
];
