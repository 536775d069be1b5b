import { api, createApi, deleteApi, queryApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, int, maybe, ref, text, uuid } from '../../define/fields.ts';
import { inventoryOf, kindOf, resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.network.l2';

export const NO_VLAN = 'L2NoVlanNetwork';
export const VLAN = 'L2VlanNetwork';

/** A broadcast domain: a NIC that hosts have by that name, without or with a VLAN on it. */
export const l2Network = resource({
  name: 'L2Network',
  package: PACKAGE,
  path: '/l2-networks',
  table: 'l2_network',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    zoneUuid: ref('ZoneVO'),
    physicalInterface: text(1024),
    type: text(255),
    vlan: bounded(maybe(int(1, 4094)), { kind: VLAN }),
    ...DATES,
  },
  joined: {
    attachedClusterUuids: { resource: 'L2NetworkClusterRef', by: 'l2NetworkUuid', column: 'clusterUuid' },
  },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    l3Network: { resource: 'L3Network', from: 'uuid', to: 'l2NetworkUuid' },
    clusterRef: { resource: 'L2NetworkClusterRef', from: 'uuid', to: 'l2NetworkUuid', hidden: true },
  },
  aliases: { cluster: 'clusterRef.cluster' },
  goesWith: ['zoneUuid'],
  index: [['zoneUuid']],
});

export const l2VlanNetwork = kindOf(l2Network, {
  ...{ name: VLAN, package: PACKAGE, path: '/l2-networks/vlan' },
  ...{ field: 'type', value: VLAN },
});

/** Which clusters' hosts have which of them. */
export const l2NetworkClusterRef = resource({
  name: 'L2NetworkClusterRef',
  package: PACKAGE,
  path: '',
  table: 'l2_network_cluster_ref',
  key: ['clusterUuid', 'l2NetworkUuid'],
  fields: { clusterUuid: ref('ClusterVO'), l2NetworkUuid: ref('L2NetworkVO'), ...DATES },
  related: {
    cluster: { resource: 'Cluster', from: 'clusterUuid', to: 'uuid' },
    l2Network: { resource: 'L2Network', from: 'l2NetworkUuid', to: 'uuid' },
  },
  goesWith: ['clusterUuid', 'l2NetworkUuid'],
  index: [['l2NetworkUuid']],
});

const { name, description, zoneUuid, physicalInterface } = l2Network.fields;
const params = { name, description, zoneUuid, physicalInterface, type: maybe(text()) };
const reply = `${PACKAGE}.APICreateL2NetworkEvent`;

export const createL2NoVlanNetwork = createApi(l2Network, {
  name: 'CreateL2NoVlanNetwork',
  reply,
  rest: { method: 'POST', path: '/l2-networks/no-vlan', parameterName: 'params' },
  params,
});

export const createL2VlanNetwork = createApi(l2VlanNetwork, {
  name: 'CreateL2VlanNetwork',
  reply,
  rest: { method: 'POST', path: '/l2-networks/vlan', parameterName: 'params' },
  params: { ...params, vlan: int(1, 4094) },
});

const attachment = { l2NetworkUuid: ref('L2NetworkVO'), clusterUuid: ref('ClusterVO') };
const place = '/l2-networks/{l2NetworkUuid}/clusters/{clusterUuid}';
const answers = { inventory: inventoryOf(l2Network) };

export const attachL2NetworkToCluster = api({
  name: 'AttachL2NetworkToCluster',
  package: PACKAGE,
  rest: { method: 'POST', path: place, parameterName: 'null' },
  params: attachment,
  answers,
});

export const detachL2NetworkFromCluster = api({
  name: 'DetachL2NetworkFromCluster',
  package: PACKAGE,
  rest: { method: 'DELETE', path: place },
  params: attachment,
  answers,
});

export const deleteL2Network = deleteApi(l2Network, { params: { uuid: text() } });

export const getL2NetworkTypes = api({
  name: 'GetL2NetworkTypes',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/l2-networks/types', result: { types: 'l2NetworkTypes' } },
  params: {},
  answers: { l2NetworkTypes: undefined },
});

export const l2Apis = [
  createL2NoVlanNetwork,
  createL2VlanNetwork,
  updateApi(l2Network, { params: { name: maybe(name), description } }),
  deleteL2Network,
  attachL2NetworkToCluster,
  detachL2NetworkFromCluster,
  getL2NetworkTypes,
  queryApi(l2Network),
  queryApi(l2VlanNetwork),
];
