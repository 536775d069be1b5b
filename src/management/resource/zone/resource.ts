import { createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

/** Usually one machine room. */
export const zone = resource({
  name: 'Zone',
  package: 'org.zstack.header.zone',
  path: '/zones',
  table: 'zone',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    state: oneOf(ENABLED.states, 'ZoneState'),
    type: bounded(text(255), { default: 'zstack' }),
    ...DATES,
  },
  related: {
    cluster: { resource: 'Cluster', from: 'uuid', to: 'zoneUuid' },
    host: { resource: 'Host', from: 'uuid', to: 'zoneUuid' },
    l2Network: { resource: 'L2Network', from: 'uuid', to: 'zoneUuid' },
    l3Network: { resource: 'L3Network', from: 'uuid', to: 'zoneUuid' },
    primaryStorage: { resource: 'PrimaryStorage', from: 'uuid', to: 'zoneUuid' },
    backupStorageRef: { resource: 'BackupStorageZoneRef', from: 'uuid', to: 'zoneUuid', hidden: true },
    vmInstance: { resource: 'VmInstance', from: 'uuid', to: 'zoneUuid' },
  },
  aliases: { backupStorage: 'backupStorageRef.backupStorage' },
  states: ENABLED,
  tags: ['host::reservedCpu::{capacity}', 'host::reservedMemory::{capacity}'],
});

const { name, description } = zone.fields;

export const zoneApis = [
  createApi(zone, {
    params: { name, description, type: bounded(maybe(oneOf(['zstack'])), { hidden: true }) },
  }),
  updateApi(zone, { params: { name: maybe(name), description } }),
  stateApi(zone),
  deleteApi(zone, { params: { uuid: bounded(ref(zone.vo), { okIfGone: true }) } }),
  queryApi(zone),
];
