import { flag, int, long, word } from './kinds.ts';

export const SERVICE = {
  cloudBus: {
    'statistics.on': flag('false', 'Collect message statistics and show them over JMX'),
  },
  gc: {
    orphanJobScanInterval: int(
      '60',
      'Seconds between two looks for clean-up jobs that no management node owns',
    ),
  },
  identity: {
    'account.api.control': word(
      'org.zstack.header.storage.backup.APIQueryBackupStorageMsg, org.zstack.storage.backup.sftp.APIQuerySftpBackupStorageMsg, org.zstack.header.image.APIAddImageMsg, org.zstack.header.host.APIQueryHostMsg',
      'Comma list of message classes, otherwise for admin alone, that ordinary accounts may call too',
      { mayBeEmpty: true, of: 'messages' },
    ),
    'admin.showAllResource': flag('true', 'Queries of admin also return what belongs to other accounts'),
    'session.cleanup.interval': int('3600', 'Seconds between two clean-ups of expired sessions', 0),
    'session.maxConcurrent': int(
      '500',
      'Most sessions of one account or user at a time; further log-ins are refused',
      0,
    ),
    'session.timeout': int('7200', 'Life of a session in seconds, counted from log-in', 0, 31536000),
  },
  managementServer: {
    'node.heartbeatInterval': int(
      '5',
      'Seconds between two heartbeats of a management node in the database',
      0,
    ),
    'node.joinDelay': int(
      '0',
      'Upper bound in seconds of the random wait before a node announces that it joined',
      -1,
    ),
  },
  notification: {
    'webhook.url': word('null', 'URL that gets each notification by POST; "null" for none', {
      mayBeNull: true,
      of: 'url',
    }),
  },
  progress: {
    'progress.cleanupThreadInterval': int('300', 'Seconds between two clean-ups of old progress records', 0),
    'progress.on': flag('true', 'Record the progress of long operations'),
    'progress.ttl': int('86400', 'Seconds a progress record is kept', 0),
  },
  quota: {
    'eip.num': long('20', 'Default quota of new accounts: elastic IPs'),
    'image.num': long('20', 'Default quota of new accounts: images'),
    'image.size': long('10995116277760', 'Default quota of new accounts: space of images, bytes'),
    'l3.num': long('20', 'Default quota of new accounts: L3 networks'),
    'loadBalancer.num': long('20', 'Default quota of new accounts: load balancers'),
    'portForwarding.num': long('20', 'Default quota of new accounts: port forwarding rules'),
    'securityGroup.num': long('20', 'Default quota of new accounts: security groups'),
    'snapshot.volume.num': long('200', 'Default quota of new accounts: volume snapshots'),
    'vip.num': long('20', 'Default quota of new accounts: virtual IPs'),
    'vm.cpuNum': long('80', 'Default quota of new accounts: CPUs of running VMs'),
    'vm.memorySize': long('85899345920', 'Default quota of new accounts: memory of running VMs, bytes'),
    'vm.num': long('20', 'Default quota of new accounts: running VMs'),
    'vm.totalNum': long('20', 'Default quota of new accounts: VMs in any state'),
    'volume.capacity': long('10995116277760', 'Default quota of new accounts: space of all volumes, bytes'),
    'volume.data.num': long('40', 'Default quota of new accounts: data volumes'),
  },
  rest: {
    'completedApi.expiredPeriod': int('10800', 'Seconds the result of a finished job can be polled'),
    'expiredApi.scanInterval': int('3600', 'Seconds between two clean-ups of finished jobs'),
  },
};
