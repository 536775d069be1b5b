import { unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import type { NodeFacts } from './board.ts';

const NOT_YET = unknown(say('not read yet', '尚未读取'));

/** What is known before anything was read: nothing, and it says so. */
export const NOT_READ: Omit<NodeFacts, 'identity'> = {
  services: [],
  clock: { bootTime: NOT_YET, zone: 'UTC', load: NOT_YET, synced: NOT_YET },
  disks: [],
  nics: NOT_YET,
  missing: [],
  cpu: NOT_YET,
  memory: NOT_YET,
  vms: NOT_YET,
  virtualization: { cpu: NOT_YET, kvm: NOT_YET, libvirt: NOT_YET, qemu: NOT_YET },
  hardware: {
    vendor: NOT_YET,
    model: NOT_YET,
    serial: NOT_YET,
    bmcAddress: NOT_YET,
    cpuModel: NOT_YET,
    disks: NOT_YET,
  },
  management: { uiUrl: NOT_YET, licence: NOT_YET, hosts: NOT_YET, vms: NOT_YET },
  cluster: { joined: false, link: NOT_YET },
  ocfs2: { clusterStack: NOT_YET, heartbeat: NOT_YET, volumes: NOT_YET, peers: NOT_YET },
  errors: NOT_YET,
  neighbours: NOT_YET,
  attention: [],
};
