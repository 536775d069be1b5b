import { api, createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import {
  bounded,
  DATES,
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
import { ENABLED } from '../../define/states.ts';

const PACKAGE = 'org.zstack.header.storage.backup';
const SFTP_PACKAGE = 'org.zstack.storage.backup.sftp';

export const SFTP = 'SftpBackupStorage';

/** An image server. Capacities are bytes. */
export const backupStorage = resource({
  name: 'BackupStorage',
  package: PACKAGE,
  path: '/backup-storage',
  table: 'backup_storage',
  fields: {
    uuid: uuid(),
    name: text(255),
    url: text(2048),
    description: maybe(text(2048)),
    totalCapacity: long(),
    availableCapacity: long(),
    type: text(255),
    state: oneOf(ENABLED.states, 'BackupStorageState'),
    status: oneOf(['Connecting', 'Connected', 'Disconnected'], 'BackupStorageStatus'),
    hostname: bounded(maybe(text(255)), { kind: SFTP }),
    username: bounded(maybe(text(255)), { kind: SFTP }),
    sshPort: bounded(maybe(int()), { kind: SFTP }),
    ...DATES,
  },
  joined: {
    attachedZoneUuids: { resource: 'BackupStorageZoneRef', by: 'backupStorageUuid', column: 'zoneUuid' },
  },
  related: {
    zoneRef: { resource: 'BackupStorageZoneRef', from: 'uuid', to: 'backupStorageUuid', hidden: true },
    imageRef: { resource: 'ImageBackupStorageRef', from: 'uuid', to: 'backupStorageUuid', hidden: true },
  },
  aliases: { zone: 'zoneRef.zone', image: 'imageRef.image' },
  states: ENABLED,
});

/** A folder of images; its server is reached as the management node has it, by SSH in older versions. */
export const sftpBackupStorage = kindOf(backupStorage, {
  ...{ name: SFTP, package: SFTP_PACKAGE, path: '/backup-storage/sftp' },
  ...{ field: 'type', value: SFTP },
});

export const backupStorageZoneRef = resource({
  name: 'BackupStorageZoneRef',
  package: PACKAGE,
  path: '',
  table: 'backup_storage_zone_ref',
  key: ['zoneUuid', 'backupStorageUuid'],
  fields: { zoneUuid: ref('ZoneVO'), backupStorageUuid: ref('BackupStorageVO'), ...DATES },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    backupStorage: { resource: 'BackupStorage', from: 'backupStorageUuid', to: 'uuid' },
  },
  goesWith: ['zoneUuid', 'backupStorageUuid'],
  index: [['backupStorageUuid']],
});

const { name, description } = backupStorage.fields;
const word = text(255);
const port = bounded(maybe(int(1, 65535)), { default: 22 });

export const addSftpBackupStorage = createApi(sftpBackupStorage, {
  name: 'AddSftpBackupStorage',
  reply: `${PACKAGE}.APIAddBackupStorageEvent`,
  rest: { method: 'POST', path: '/backup-storage/sftp', parameterName: 'params' },
  params: {
    name,
    description,
    url: bounded(text(2048), { emptyString: false }),
    type: maybe(text()),
    importImages: bounded(maybe(flag()), { default: false }),
    hostname: bounded(word, { emptyString: false }),
    username: word,
    password: secret(255),
    sshPort: port,
  },
});

const attachment = { zoneUuid: ref('ZoneVO'), backupStorageUuid: ref('BackupStorageVO') };
const place = '/zones/{zoneUuid}/backup-storage/{backupStorageUuid}';
const answers = { inventory: inventoryOf(backupStorage) };

export const attachBackupStorage = api({
  name: 'AttachBackupStorageToZone',
  package: PACKAGE,
  rest: { method: 'POST', path: place, parameterName: '' },
  params: attachment,
  answers,
});

export const detachBackupStorage = api({
  name: 'DetachBackupStorageFromZone',
  package: PACKAGE,
  rest: { method: 'DELETE', path: place },
  params: attachment,
  answers,
});

export const reconnectBackupStorage = api({
  name: 'ReconnectBackupStorage',
  package: PACKAGE,
  rest: {
    method: 'PUT',
    path: '/backup-storage/{uuid}/actions',
    isAction: true,
    parameterName: 'reconnectBackupStorage',
  },
  params: { uuid: ref('BackupStorageVO') },
  answers,
});

const many = (vo: string) => bounded(maybe(texts()), { resource: vo });

export const getBackupStorageCapacity = api({
  name: 'GetBackupStorageCapacity',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/backup-storage/capacities' },
  params: {
    zoneUuids: many('ZoneVO'),
    backupStorageUuids: many('BackupStorageVO'),
    all: bounded(maybe(flag()), { default: false }),
  },
  answers: { totalCapacity: undefined, availableCapacity: undefined },
});

export const getBackupStorageTypes = api({
  name: 'GetBackupStorageTypes',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/backup-storage/types', result: { types: 'backupStorageTypes' } },
  params: {},
  answers: { backupStorageTypes: undefined },
});

export const backupStorageApis = [
  addSftpBackupStorage,
  attachBackupStorage,
  detachBackupStorage,
  reconnectBackupStorage,
  getBackupStorageCapacity,
  getBackupStorageTypes,
  updateApi(backupStorage, { params: { name: maybe(name), description } }),
  stateApi(backupStorage),
  deleteApi(backupStorage, { params: { uuid: text() } }),
  queryApi(backupStorage),
  queryApi(sftpBackupStorage),
];
