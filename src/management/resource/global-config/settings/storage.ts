import { choice, flag, int, long, size, word } from './kinds.ts';

export const STORAGE = {
  backupStorage: {
    'ping.interval': int('60', 'Seconds between two pings of a backup storage', 0),
    'ping.parallelismDegree': int('50', 'How many backup storages are pinged at the same time', 0),
    reservedCapacity: size('1G', 'Space kept free on each backup storage'),
  },
  ceph: {
    'backupStorage.image.download.timeout': long(
      '3600',
      'Seconds allowed for fetching an image into a Ceph backup storage (no code reads it in 2.2)',
    ),
    'backupStorage.mon.autoReconnect': flag(
      'true',
      'Reconnect a Ceph backup storage monitor by itself after a failed ping',
    ),
    'backupStorage.mon.reconnectDelay': int(
      '30',
      'Seconds to wait before that reconnect of a backup storage monitor',
      0,
    ),
    'imageCache.cleanup.interval': long(
      '43200',
      'Seconds between two clean-ups of unused cached images on Ceph primary storage',
      0,
    ),
    'primaryStorage.deletePool': flag(
      'false',
      'Also delete the pools when a Ceph primary storage is deleted',
    ),
    'primaryStorage.mon.autoReconnect': flag(
      'true',
      'Reconnect a Ceph primary storage monitor by itself after a failed ping',
    ),
    'primaryStorage.mon.reconnectDelay': int(
      '30',
      'Seconds to wait before that reconnect of a primary storage monitor',
      0,
    ),
  },
  fusionstor: {
    'backupStorage.image.download.timeout': long(
      '3600',
      'Seconds allowed for fetching an image into a Fusionstor backup storage (no code reads it in 2.2)',
    ),
    'backupStorage.mon.autoReconnect': flag(
      'true',
      'Reconnect a Fusionstor backup storage monitor by itself after a failed ping',
    ),
    'backupStorage.mon.reconnectDelay': int(
      '30',
      'Seconds to wait before that reconnect of a backup storage monitor',
      0,
    ),
    'imageCache.cleanup.interval': long(
      '43200',
      'Seconds between two clean-ups of unused cached images on Fusionstor primary storage',
      0,
    ),
    'primaryStorage.deletePool': flag(
      'false',
      'Also delete the pools when a Fusionstor primary storage is deleted',
    ),
    'primaryStorage.mon.autoReconnect': flag(
      'true',
      'Reconnect a Fusionstor primary storage monitor by itself after a failed ping',
    ),
    'primaryStorage.mon.reconnectDelay': int(
      '30',
      'Seconds to wait before that reconnect of a primary storage monitor',
      0,
    ),
  },
  image: {
    'deletion.gcInterval': long('3600', 'Seconds between two tries of pending image deletions', 0),
    deletionPolicy: choice(
      'Delay',
      'What deleting an image does: Direct at once, Delay to the recycle bin until expungePeriod, Never keeps it there',
      ['Direct', 'Delay', 'Never'],
    ),
    enableResetPassword: flag('true', 'Allow setting a guest password through the image'),
    expungeInterval: long('3600', 'Seconds between two runs of the image expunger', 0),
    expungePeriod: long('86400', 'Seconds a deleted image stays recoverable', 0),
  },
  localStoragePrimaryStorage: {
    'liveMigrationWithStorage.allow': flag(
      'false',
      'Allow live migration together with the disks on local storage',
    ),
  },
  nfsPrimaryStorage: {
    'deletion.gcInterval': int('3600', 'Seconds between two tries of pending volume and snapshot deletions'),
    'mount.base': word(
      '/opt/zstack/nfsprimarystorage',
      'Folder below which hosts mount NFS primary storage',
      { regex: '^/(.*)' },
    ),
  },
  primaryStorage: {
    'imageCache.garbageCollector.interval': int(
      '86400',
      'Seconds between two looks for orphaned cached images',
      0,
    ),
    'ping.interval': int('60', 'Seconds between two pings of a primary storage', 0),
    'ping.parallelismDegree': int('50', 'How many primary storages are pinged at the same time', 0),
    reservedCapacity: size('1G', 'Space kept free on each primary storage'),
  },
  sharedMountPointPrimaryStorage: {
    'deletion.gcInterval': int('3600', 'Seconds between two tries of pending volume and snapshot deletions'),
  },
  volume: {
    deletionPolicy: choice(
      'Delay',
      'What deleting a data volume does: Direct at once, Delay to the recycle bin until expungePeriod, Never keeps it there',
      ['Direct', 'Delay', 'Never'],
    ),
    'diskOffering.setNullWhenDeleting': flag(
      'true',
      'Empty the offering field of volumes whose offering is deleted',
    ),
    expungeInterval: long('3600', 'Seconds between two runs of the volume expunger', 0),
    expungePeriod: long('86400', 'Seconds a deleted data volume stays recoverable', 0),
  },
  volumeSnapshot: {
    'backup.parallelismDegree': int('5', 'Snapshots backed up at the same time', 0),
    'delete.parallelismDegree': int('1', 'Snapshots deleted at the same time', 0),
    'incrementalSnapshot.maxNum': int(
      '128',
      'Length of a snapshot chain after which the next one is full',
      0,
    ),
  },
};
