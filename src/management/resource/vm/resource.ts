import { api, createApi, deleteApi, queryApi, updateApi } from '../../define/api.ts';
import {
  bounded,
  DATES,
  int,
  long,
  maybe,
  oneOf,
  ref,
  refs,
  secret,
  text,
  texts,
  uuid,
} from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';
import { ALIVE, VM_STATES } from './states.ts';

const PACKAGE = 'org.zstack.header.vm';

export const vmInstance = resource({
  name: 'VmInstance',
  package: PACKAGE,
  path: '/vm-instances',
  table: 'vm_instance',
  owner: { column: 'uuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    zoneUuid: ref('ZoneVO'),
    clusterUuid: maybe(ref('ClusterVO')),
    imageUuid: maybe(ref('ImageVO')),
    hostUuid: maybe(ref('HostVO')),
    lastHostUuid: maybe(ref('HostVO')),
    instanceOfferingUuid: maybe(ref('InstanceOfferingVO')),
    rootVolumeUuid: maybe(uuid()),
    platform: text(255),
    defaultL3NetworkUuid: maybe(ref('L3NetworkVO')),
    type: bounded(text(255), { default: 'UserVm' }),
    hypervisorType: maybe(text(255)),
    /** Bytes. */
    memorySize: long(),
    cpuNum: int(),
    cpuSpeed: maybe(long()),
    allocatorStrategy: maybe(text(255)),
    state: oneOf(VM_STATES.states, 'VmInstanceState'),
    ...DATES,
    /** The host whose processors and memory are kept for it. */
    reservedHostUuid: bounded(maybe(ref('HostVO')), { neverSent: true }),
    /** The host on whose local storage it lies: it runs there or nowhere. */
    homeHostUuid: bounded(maybe(ref('HostVO')), { neverSent: true }),
  },
  joined: {
    vmNics: { resource: 'VmNic', by: 'vmInstanceUuid' },
    allVolumes: { resource: 'Volume', by: 'vmInstanceUuid' },
  },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    cluster: { resource: 'Cluster', from: 'clusterUuid', to: 'uuid' },
    host: { resource: 'Host', from: 'hostUuid', to: 'uuid' },
    image: { resource: 'Image', from: 'imageUuid', to: 'uuid' },
    instanceOffering: { resource: 'InstanceOffering', from: 'instanceOfferingUuid', to: 'uuid' },
    rootVolume: { resource: 'Volume', from: 'rootVolumeUuid', to: 'uuid' },
    vmNics: { resource: 'VmNic', from: 'uuid', to: 'vmInstanceUuid' },
    allVolumes: { resource: 'Volume', from: 'uuid', to: 'vmInstanceUuid' },
  },
  goesWith: ['zoneUuid', 'clusterUuid', 'homeHostUuid'],
  staysIn: ALIVE,
  states: VM_STATES,
  tags: [
    'hostname::{hostname}',
    'staticIp::{l3NetworkUuid}::{staticIp}',
    'consolePassword::{consolePassword}',
  ],
  index: [
    ['zoneUuid'],
    ['clusterUuid'],
    ['hostUuid'],
    ['lastHostUuid'],
    ['imageUuid'],
    ['state'],
    ['homeHostUuid'],
    ['reservedHostUuid'],
    ['instanceOfferingUuid'],
    ['defaultL3NetworkUuid'],
  ],
});

const { name, description } = vmInstance.fields;
const own = { checkAccount: true, target: true } as const;
const readable = { checkAccount: true } as const;
const one = bounded(ref(vmInstance.vo), own);
const answers = { inventory: inventoryOf(vmInstance) };

export const createVmInstance = createApi(vmInstance, {
  params: {
    name,
    description,
    instanceOfferingUuid: bounded(ref('InstanceOfferingVO'), readable),
    imageUuid: bounded(ref('ImageVO'), readable),
    l3NetworkUuids: bounded(refs('L3NetworkVO'), readable),
    type: maybe(oneOf(['UserVm', 'ApplianceVm'])),
    rootDiskOfferingUuid: bounded(maybe(ref('DiskOfferingVO')), readable),
    dataDiskOfferingUuids: bounded(maybe(texts()), { ...readable, resource: 'DiskOfferingVO' }),
    zoneUuid: maybe(ref('ZoneVO')),
    clusterUuid: maybe(ref('ClusterVO')),
    hostUuid: maybe(ref('HostVO')),
    primaryStorageUuidForRootVolume: maybe(ref('PrimaryStorageVO')),
    defaultL3NetworkUuid: maybe(text()),
    strategy: bounded(maybe(oneOf(['InstantStart', 'JustCreate'])), { default: 'InstantStart' }),
  },
});

const act = (verb: string, what = 'VmInstance') => {
  const named = `${verb}${what}`;
  const parameterName = named.charAt(0).toLowerCase() + named.slice(1);
  return {
    name: named,
    package: PACKAGE,
    rest: { method: 'PUT', path: '/vm-instances/{uuid}/actions', isAction: true, parameterName },
    answers,
  } as const;
};

export const startVmInstance = api({
  ...act('Start'),
  params: { uuid: one, clusterUuid: maybe(ref('ClusterVO')), hostUuid: maybe(ref('HostVO')) },
});
export const stopVmInstance = api({
  ...act('Stop'),
  params: { uuid: one, type: bounded(maybe(oneOf(['grace', 'cold'])), { default: 'grace' }) },
});
export const rebootVmInstance = api({ ...act('Reboot'), params: { uuid: one } });
export const pauseVmInstance = api({ ...act('Pause'), params: { uuid: one } });
export const resumeVmInstance = api({ ...act('Resume'), params: { uuid: text() } });
export const recoverVmInstance = api({ ...act('Recover'), params: { uuid: one } });
export const expungeVmInstance = api({
  ...act('Expunge'),
  params: { uuid: ref(vmInstance.vo) },
  answers: {},
});
export const destroyVmInstance = deleteApi(vmInstance, {
  name: 'DestroyVmInstance',
  params: { uuid: bounded(text(), own) },
});

export const updateVmInstance = updateApi(vmInstance, {
  params: {
    uuid: one,
    name: maybe(name),
    description,
    state: maybe(oneOf(['Stopped', 'Running'])),
    defaultL3NetworkUuid: maybe(ref('L3NetworkVO')),
    platform: maybe(oneOf(['Linux', 'Windows', 'Other', 'Paravirtualization', 'WindowsVirtio'])),
    cpuNum: maybe(int(1, 1024)),
    memorySize: maybe(long(1, 2 ** 63)),
  },
});

export const setVmConsolePassword = api({
  ...act('Set', 'VmConsolePassword'),
  params: { uuid: one, consolePassword: secret() },
});
export const deleteVmConsolePassword = api({
  name: 'DeleteVmConsolePassword',
  package: PACKAGE,
  rest: { method: 'DELETE', path: '/vm-instances/{uuid}/console-password', result: {} },
  params: { uuid: one },
  answers,
});
export const getVmConsolePassword = api({
  name: 'GetVmConsolePassword',
  package: PACKAGE,
  sync: true,
  rest: {
    ...{ method: 'GET', path: '/vm-instances/{uuid}/console-passwords' },
    result: { password: 'consolePassword' },
  },
  params: { uuid: ref(vmInstance.vo) },
  answers: { consolePassword: undefined },
});
export const getVmConsoleAddress = api({
  name: 'GetVmConsoleAddress',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/vm-instances/{uuid}/console-addresses' },
  params: { uuid: ref(vmInstance.vo) },
  answers: { hostIp: undefined, port: undefined, protocol: undefined },
});

export const setVmHostname = api({
  ...act('Set', 'VmHostname'),
  params: { uuid: one, hostname: text() },
  answers: {},
});
const hostnames = (method: 'GET' | 'DELETE') => ({ method, path: '/vm-instances/{uuid}/hostnames' }) as const;
export const getVmHostname = api({
  name: 'GetVmHostname',
  package: PACKAGE,
  sync: true,
  rest: hostnames('GET'),
  params: { uuid: one },
  answers: { hostname: undefined },
});
const deleteMode = bounded(maybe(text()), { default: 'Permissive' });
export const deleteVmHostname = api({
  name: 'DeleteVmHostname',
  package: PACKAGE,
  rest: hostnames('DELETE'),
  params: { deleteMode, uuid: one },
});

const actOn = (name: string, parameterName: string) => ({
  name,
  package: PACKAGE,
  rest: {
    method: 'PUT',
    path: '/vm-instances/{vmInstanceUuid}/actions',
    isAction: true,
    parameterName,
  } as const,
});
export const setVmStaticIp = api({
  ...actOn('SetVmStaticIp', 'setVmStaticIp'),
  params: { vmInstanceUuid: one, l3NetworkUuid: ref('L3NetworkVO'), ip: text() },
});
export const deleteVmStaticIp = api({
  name: 'DeleteVmStaticIp',
  package: PACKAGE,
  rest: { method: 'DELETE', path: '/vm-instances/{vmInstanceUuid}/static-ips', result: {} },
  params: { deleteMode, vmInstanceUuid: one, l3NetworkUuid: text() },
  answers,
});
export const changeInstanceOffering = api({
  ...actOn('ChangeInstanceOffering', 'changeInstanceOffering'),
  params: { vmInstanceUuid: one, instanceOfferingUuid: bounded(ref('InstanceOfferingVO'), readable) },
  answers,
});
export const getVmStartingCandidates = api({
  name: 'GetVmStartingCandidateClustersHosts',
  package: PACKAGE,
  sync: true,
  rest: {
    ...{ method: 'GET', path: '/vm-instances/{uuid}/starting-target-hosts' },
    result: { hosts: 'hostInventories', clusters: 'clusterInventories' },
  },
  params: { uuid: one },
  answers: {
    hostInventories: 'org.zstack.header.host.HostInventory',
    clusterInventories: 'org.zstack.header.cluster.ClusterInventory',
  },
});

export const vmApis = [
  createVmInstance,
  startVmInstance,
  stopVmInstance,
  rebootVmInstance,
  pauseVmInstance,
  resumeVmInstance,
  destroyVmInstance,
  recoverVmInstance,
  expungeVmInstance,
  updateVmInstance,
  setVmConsolePassword,
  getVmConsolePassword,
  deleteVmConsolePassword,
  getVmConsoleAddress,
  setVmHostname,
  getVmHostname,
  deleteVmHostname,
  setVmStaticIp,
  deleteVmStaticIp,
  changeInstanceOffering,
  getVmStartingCandidates,
  queryApi(vmInstance),
];
