import { api, createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import {
  bounded,
  DATES,
  flag,
  long,
  maybe,
  oneOf,
  ref,
  refs,
  text,
  texts,
  uuid,
} from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

const PACKAGE = 'org.zstack.header.image';

const STATUSES = ['Creating', 'Downloading', 'Ready', 'Error', 'Deleted', 'Migrating'] as const;
const MEDIA = ['RootVolumeTemplate', 'DataVolumeTemplate', 'ISO'] as const;
const PLATFORMS = ['Linux', 'Windows', 'WindowsVirtio', 'Other', 'Paravirtualization'] as const;

/** What volumes are made of. Sizes are bytes. */
export const image = resource({
  name: 'Image',
  package: PACKAGE,
  path: '/images',
  table: 'image',
  owner: { column: 'uuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    exportUrl: maybe(text(2048)),
    exportMd5Sum: maybe(text(255)),
    state: oneOf(ENABLED.states, 'ImageState'),
    status: oneOf(STATUSES, 'ImageStatus'),
    /** As its guest sees it, and of its file. */
    size: maybe(long()),
    actualSize: maybe(long()),
    md5Sum: maybe(text(255)),
    /** Of its file: `sha256:` and 64 hex digits. */
    checksum: bounded(maybe(text(80)), { neverSent: true }),
    url: text(1024),
    mediaType: oneOf(MEDIA, 'ImageMediaType'),
    guestOsType: maybe(text(255)),
    type: bounded(text(255), { default: 'zstack' }),
    platform: oneOf(PLATFORMS, 'ImagePlatform'),
    format: text(255),
    system: flag(),
    ...DATES,
  },
  joined: { backupStorageRefs: { resource: 'ImageBackupStorageRef', by: 'imageUuid' } },
  related: {
    backupStorageRef: { resource: 'ImageBackupStorageRef', from: 'uuid', to: 'imageUuid', hidden: true },
    volume: { resource: 'Volume', from: 'uuid', to: 'rootImageUuid' },
  },
  aliases: { backupStorage: 'backupStorageRef.backupStorage' },
  states: ENABLED,
});

/** Which image servers have it. */
export const imageBackupStorageRef = resource({
  name: 'ImageBackupStorageRef',
  package: PACKAGE,
  path: '',
  table: 'image_backup_storage_ref',
  key: ['imageUuid', 'backupStorageUuid'],
  owner: { column: 'imageUuid', is: 'resource' },
  fields: {
    imageUuid: ref('ImageVO'),
    backupStorageUuid: ref('BackupStorageVO'),
    installPath: maybe(text(2048)),
    status: oneOf(STATUSES, 'ImageStatus'),
    ...DATES,
  },
  related: {
    image: { resource: 'Image', from: 'imageUuid', to: 'uuid' },
    backupStorage: { resource: 'BackupStorage', from: 'backupStorageUuid', to: 'uuid' },
  },
  goesWith: ['imageUuid'],
  index: [['backupStorageUuid']],
});

const { name, description, url, guestOsType } = image.fields;
const own = { checkAccount: true, target: true } as const;
const one = bounded(ref(image.vo), own);
const answers = { inventory: inventoryOf(image) };
const platform = maybe(oneOf(['Linux', 'Windows', 'Other', 'Paravirtualization', 'WindowsVirtio']));

export const addImage = createApi(image, {
  name: 'AddImage',
  params: {
    name,
    description,
    url,
    mediaType: maybe(oneOf(['RootVolumeTemplate', 'ISO', 'DataVolumeTemplate'])),
    guestOsType,
    system: bounded(maybe(flag()), { default: false }),
    format: text(),
    platform,
    backupStorageUuids: refs('BackupStorageVO'),
    type: maybe(text()),
  },
});

const servers = maybe(refs('BackupStorageVO'));

export const deleteImage = deleteApi(image, {
  params: { uuid: bounded(one, { okIfGone: true }), backupStorageUuids: servers },
});

const action = (parameterName: string) =>
  ({ method: 'PUT', path: '/images/{imageUuid}/actions', isAction: true, parameterName }) as const;

export const expungeImage = api({
  name: 'ExpungeImage',
  package: PACKAGE,
  rest: action('expungeImage'),
  params: { imageUuid: one, backupStorageUuids: servers },
});

export const recoverImage = api({
  name: 'RecoverImage',
  package: PACKAGE,
  rest: action('recoverImage'),
  params: { imageUuid: one, backupStorageUuids: maybe(texts()) },
  answers,
});

export const imageApis = [
  addImage,
  updateApi(image, {
    params: {
      uuid: one,
      name: maybe(name),
      description,
      guestOsType,
      mediaType: bounded(maybe(oneOf(MEDIA)), { maxLength: 255 }),
      format: bounded(maybe(oneOf(['raw', 'qcow2', 'iso'])), { maxLength: 255 }),
      system: maybe(flag()),
      platform,
    },
  }),
  stateApi(image, { params: { uuid: one } }),
  deleteImage,
  expungeImage,
  recoverImage,
  queryApi(image),
];
