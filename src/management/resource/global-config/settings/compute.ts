import { choice, flag, int, long, size, word } from './kinds.ts';

export const COMPUTE = {
  host: {
    'connection.autoReconnectOnError': flag('true', 'Start a reconnect when pinging a host fails'),
    'cpu.overProvisioning.ratio': int(
      '10',
      'Virtual CPUs that may be given out for each physical one',
      0,
      2147483647,
    ),
    'load.all': flag(
      'true',
      'At start, connect all hosts at once; false: in batches of load.parallelismDegree',
    ),
    'load.parallelismDegree': int(
      '100',
      'Hosts connected at the same time at start or after taking over from a dead node, when load.all is false',
      0,
    ),
    'maintenanceMode.ignoreError': flag(
      'false',
      'Go on into maintenance although a VM could not be migrated or stopped',
    ),
    'ping.interval': int('60', 'Seconds between two pings of a host', 0),
    'ping.parallelismDegree': int('100', 'How many hosts are pinged at the same time', 0),
    reconnectAllOnBoot: flag('true', 'Reconnect every host when a management node starts'),
  },
  hostAllocator: {
    paginationLimit: int('500', 'Candidates looked at per page when paging is on'),
    'reservedCapacity.clusterLevel': flag('true', 'Honour the reserved-capacity tags of clusters'),
    'reservedCapacity.hostLevel': flag('true', 'Honour the reserved-capacity tags of hosts'),
    'reservedCapacity.zoneLevel': flag('true', 'Honour the reserved-capacity tags of zones'),
    usePagination: flag('true', 'Look for a host page by page'),
  },
  kvm: {
    'dataVolume.maxNum': int('24', 'Most data volumes on one VM', 0, 24),
    'host.DNSCheck163': word(
      'mirrors.163.com',
      'Name or address tried for the package mirror when a host is added',
    ),
    'host.DNSCheckAliyun': word(
      'mirrors.aliyun.com',
      'Name or address tried for the other package mirror when a host is added',
    ),
    'host.DNSCheckList': word(
      'yahoo.com,google.com,baidu.com',
      'Names or addresses pinged when a host is added; adding fails when none answers',
    ),
    'host.syncLevel': int('10', 'Commands that one host runs at the same time', 2),
    'redhat.liveSnapshotOn': flag(
      'false',
      'Allow live snapshots on Red Hat family hosts with new enough libvirt and QEMU',
    ),
    reservedCpu: long('512', 'CPU kept for the host itself; a host tag overrides it', -1),
    reservedMemory: size('1G', 'Memory kept for the host itself; a host tag overrides it', '1T'),
    'vm.cacheMode': choice('none', 'Disk cache mode of VM disks', ['none', 'writethrough', 'writeback']),
    'vm.cpuMode': choice(
      'none',
      'CPU model given to guests; the two host modes make nested virtualization possible',
      ['none', 'host-model', 'host-passthrough'],
    ),
    'vm.migrationQuantity': int('2', 'VMs moved at the same time off a host that enters maintenance', 0),
    vmSyncOnHostPing: flag('true', 'Take over VM states with each host ping'),
  },
  vm: {
    bootMenu: flag('true', 'Show the boot menu in the guest firmware'),
    cleanTraffic: flag('false', 'Filter forged addresses in traffic sent by VMs'),
    'dataVolume.deleteOnVmDestroy': flag(
      'false',
      'Delete the data volumes with their VM; false: they are detached and kept',
    ),
    deletionPolicy: choice(
      'Delay',
      'What destroying a VM does: Direct at once, Delay to the recycle bin until expungePeriod, Never keeps it there',
      ['Direct', 'Delay', 'Never'],
    ),
    expungeInterval: long('3600', 'Seconds between two runs of the VM expunger', 0),
    expungePeriod: long('86400', 'Seconds a destroyed VM stays recoverable', 0),
    'instanceOffering.setNullWhenDeleting': flag(
      'true',
      'Empty the offering field of VMs whose offering is deleted',
    ),
    kvmHiddenState: flag('false', 'Hide the hypervisor from the guest'),
    numa: flag('false', 'Give VMs a NUMA layout, needed to change CPU and memory of a running VM'),
    videoType: choice('cirrus', 'Graphics card of VMs', ['cirrus', 'vga', 'qxl']),
  },
  console: {
    'agent.ping.interval': int('60', 'Seconds between two pings of a console proxy agent', 0),
    'proxy.idleTimeout': int('60', 'Seconds an unused console proxy process lives', 0),
  },
  applianceVm: {
    'agent.deployOnStart': flag(
      'false',
      'Push the agent into an appliance VM on each create, start or reboot instead of trusting the one inside its image',
    ),
    'connect.timeout': int(
      '300',
      'Seconds to wait for the agent of a started appliance VM before the start counts as failed',
      0,
    ),
    'ssh.timeout': int(
      '300',
      'Seconds to wait for SSH log-in to a started appliance VM before the start counts as failed',
      0,
    ),
  },
};
