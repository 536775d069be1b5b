import type { Role } from '../../src/api/role.ts';
import { type Entry, text } from './entries.mts';

/** What a role needs on Enterprise Linux, by the names of its packages there, and which units its presets enable. */
export interface RoleNeeds {
  summary: string;
  requires: readonly string[];
  /** Brought along where the repositories have them. */
  recommends: readonly string[];
  units: readonly string[];
  /** First boot enables these, when what they need is set up. */
  afterwards?: readonly string[];
}

const ALWAYS = [
  'zs-controller.service',
  'zs-controller-recover.service',
  'zs-guard.socket',
  'zs-first-boot.service',
];
const CONSOLES = ['zs-console.service', 'zs-console-serial@.service ttyS0'];
const VIRTUALIZATION = ['libvirt-daemon-kvm', 'libvirt-client', 'qemu-kvm', 'qemu-img'];
/** Installs other machines over the network, and switches them. */
const BARE_METAL = ['dnsmasq', 'grub2-pc-modules', 'grub2-tools-extra', 'ipmitool', 'openssl'];
const EVERY_NODE = ['openssh-server', 'chrony'];

export const ROLE_NEEDS: Record<Role, RoleNeeds> = {
  management: {
    summary: 'Management node: management service, its database and broker, and its console',
    requires: [...EVERY_NODE, 'mariadb-server', 'mariadb', 'rabbitmq-server'],
    // One machine may be management and compute node at once.
    recommends: [...VIRTUALIZATION, ...BARE_METAL],
    units: [...ALWAYS, ...CONSOLES],
    afterwards: ['zs-management.service', 'zs-backup.timer', 'zs-cli.service'],
  },
  compute: {
    summary: 'Compute node: virtual machines, with its console',
    requires: [...EVERY_NODE, ...VIRTUALIZATION],
    recommends: ['lldpd', 'ipmitool', 'smartmontools'],
    units: [...ALWAYS, ...CONSOLES],
  },
  storage: {
    summary: 'OCFS2 storage node: shared storage and virtual machines, with its console',
    // Kernels other than Oracle's are built without OCFS2.
    requires: [...EVERY_NODE, ...VIRTUALIZATION, 'kernel-uek', 'ocfs2-tools'],
    recommends: ['lldpd', 'ipmitool', 'smartmontools'],
    units: [...ALWAYS, ...CONSOLES],
  },
  expert: {
    summary: 'Expert node: no console yet; becomes any of the other nodes later',
    requires: EVERY_NODE,
    recommends: [],
    units: [...ALWAYS],
  },
};

/** What systemd enables when it presets all units at a first boot: the same as `zs-role` does. */
export function presetOf(role: Role): Entry {
  const { units, afterwards = [] } = ROLE_NEEDS[role];
  // What no preset names is enabled.
  const lines = [
    ...units.map((unit) => `enable ${unit}\n`),
    ...afterwards.map((unit) => `disable ${unit}\n`),
  ];
  return text(`usr/lib/systemd/system-preset/70-zs-role-${role}.preset`, lines.join(''));
}
