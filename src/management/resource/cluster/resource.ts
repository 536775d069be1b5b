import { createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

/** Like hosts of one zone, usually one rack. */
export const cluster = resource({
  name: 'Cluster',
  package: 'org.zstack.header.cluster',
  path: '/clusters',
  table: 'cluster',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    state: oneOf(ENABLED.states, 'ClusterState'),
    hypervisorType: text(64),
    zoneUuid: ref('ZoneVO'),
    type: bounded(text(255), { default: 'zstack' }),
    ...DATES,
  },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    vmInstance: { resource: 'VmInstance', from: 'uuid', to: 'clusterUuid' },
    host: { resource: 'Host', from: 'uuid', to: 'clusterUuid' },
    l2NetworkRef: { resource: 'L2NetworkClusterRef', from: 'uuid', to: 'clusterUuid', hidden: true },
    l2VlanNetworkRef: { resource: 'L2NetworkClusterRef', from: 'uuid', to: 'clusterUuid', hidden: true },
    primaryStorageRef: {
      resource: 'PrimaryStorageClusterRef',
      from: 'uuid',
      to: 'clusterUuid',
      hidden: true,
    },
  },
  aliases: {
    l2Network: 'l2NetworkRef.l2Network',
    l2VlanNetwork: 'l2VlanNetworkRef.l2Network',
    primaryStorage: 'primaryStorageRef.primaryStorage',
  },
  goesWith: ['zoneUuid'],
  states: ENABLED,
  tags: ['host::reservedCpu::{capacity}', 'host::reservedMemory::{capacity}'],
  index: [['zoneUuid']],
});

const { name, description, zoneUuid } = cluster.fields;

export const clusterApis = [
  createApi(cluster, {
    params: {
      zoneUuid,
      name,
      description,
      hypervisorType: oneOf(['KVM', 'Simulator']),
      type: maybe(oneOf(['zstack'])),
    },
  }),
  updateApi(cluster, { params: { name: maybe(name), description } }),
  stateApi(cluster),
  deleteApi(cluster, { params: { uuid: text() } }),
  queryApi(cluster),
];
