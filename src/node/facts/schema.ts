import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { Reading } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import type { Words } from '../../api/words.ts';

/** Bytes, seconds and fractions (0-1) throughout; wall times are milliseconds since 1970. */

export interface Identity {
  role: Role;
  hostname: string;
  /** Version of this product. */
  version: string;
  /** PRETTY_NAME of os-release and the kernel's release. */
  os: string;
  kernel: string;
}

/** One service as systemd sees it. `unit` is its unit name. */
export interface ServiceFact {
  key: 'management' | 'ui' | 'controller' | 'libvirt' | 'database' | 'broker' | 'o2cb' | 'ocfs2' | 'network';
  label: Words;
  unit: string;
  state: Reading<{
    active: 'running' | 'starting' | 'stopping' | 'stopped' | 'failed';
    pid?: number;
    detail?: string;
  }>;
}

export interface ClockFact {
  bootTime: Reading<number>;
  /** IANA name such as `Asia/Shanghai`. */
  zone: string;
  /** Load averages over 1, 5 and 15 minutes. */
  load: Reading<[number, number, number]>;
  /** Whether the kernel's clock is kept in step by an NTP client. */
  synced: Reading<boolean>;
}

export interface DiskFact {
  key: 'install' | 'logs' | 'database' | 'backup' | 'storage' | 'root';
  label: Words;
  path: string;
  space: Reading<{ total: number; free: number; readOnly: boolean }>;
  /** Above its threshold, or below what its next use needs. */
  nearlyFull: boolean;
}

export type NicKind = 'physical' | 'bond' | 'vlan' | 'bridge' | 'vxlan' | 'virtual' | 'loopback';

/** A network link as the kernel shows it. */
export interface Nic {
  name: string;
  kind: NicKind;
  mac: string;
  mtu: number;
  /** Administratively up and with carrier. */
  up: boolean;
  adminUp: boolean;
  carrier: boolean;
  /** Megabits per second. */
  speed?: number;
  /** The kernel's driver of a physical NIC. */
  driver?: string;
  /** `192.0.2.4/24`, IPv6 too, link-local ones left out. */
  addresses: string[];
  /** Name of the bond or bridge it belongs to. */
  master?: string;
  /** Ports of a bond or a bridge, by name. */
  ports: string[];
  bond?: { mode: string; activePort?: string; portsUp: number; portsTotal: number };
  vlan?: { id: number; parent: string };
  /** The management NIC. */
  management: boolean;
  /** Something that wants a person: a port without carrier, ports that disagree, ... */
  trouble?: Words;
}

/** A NIC that is configured and that the kernel does not have. */
export interface MissingNic {
  name: string;
  /** As it was last known by. */
  mac?: string;
  /** `192.0.2.4/24`, `DHCP`. */
  addresses: string[];
  /** Bond or bridge that it is to be a port of. */
  controller?: string;
  /** VLANs that stand on it. */
  vlans: string[];
  /** The node is managed at it, or at what stands on it. */
  management: boolean;
}

export interface Vm {
  uuid: string;
  /** As the cloud calls it, of other domains the hypervisor's name. */
  name: string;
  /** Of this cloud; other domains are shown and left alone. */
  ours?: true;
  /** Absent where the hypervisor tells none; `memory` is the most that the guest may have. */
  vcpus?: number;
  memory?: number;
  state: 'running' | 'paused' | 'stopped' | 'shuttingDown' | 'crashed' | 'suspended' | 'blocked' | 'unknown';
  /** How one that does not run came to it, where the hypervisor tells. */
  why?: Words;
}

export interface Virtualization {
  /** `vmx`, `svm`, or why there is none. */
  cpu: Reading<'vmx' | 'svm'>;
  kvm: Reading<'usable'>;
  libvirt: Reading<string>;
  qemu: Reading<string>;
}

export interface Hardware {
  vendor: Reading<string>;
  model: Reading<string>;
  serial: Reading<string>;
  bmcAddress: Reading<string>;
  cpuModel: Reading<string>;
  disks: Reading<Disk[]>;
}

/** A disk of the machine. Size in bytes; health is SMART's verdict. */
export interface Disk {
  device: string;
  model: string;
  size: number;
  health: Reading<string>;
}

export interface Ocfs2Fact {
  clusterStack: Reading<string>;
  heartbeat: Reading<string>;
  volumes: Reading<{ device: string; mountPoint: string }[]>;
  peers: Reading<string[]>;
}

/** One gauge: the present share (0-1) and the newest readings first-to-last, at most 60, one every two seconds while watched. */
export interface Usage {
  share: number;
  history: number[];
  /** Memory only: bytes. */
  used?: number;
  total?: number;
}

export interface ManagementFact {
  /** `http://ip:5000` when the web UI runs. */
  uiUrl: Reading<string>;
  licence: Reading<{ type: string; expires?: number }>;
  hosts: Reading<{ total: number; enabled: number; connected: number }>;
  vms: Reading<{ total: number; running: number; stopped: number; other: number }>;
}

export interface ClusterLink {
  /** It belongs to a cluster, linked or not. */
  joined: boolean;
  link: Reading<{
    managementAddress: string;
    connectedSince: number;
    lastHeartbeat: number;
    /** Milliseconds that the management node's clock was ahead of this one's as the link came up; negative: behind. */
    ahead?: number;
  }>;
}

/** Something that wants a person. `where` is the way there, such as `F2, Diagnose`. */
export interface Attention {
  level: 'warn' | 'bad';
  words: Words;
  where?: Words;
}

/** Who may change the node now. Only one session does at a time. */
export interface PenFact {
  holder?: { line: string; since: number; area: string };
}

export interface JobFact {
  id: string;
  action: string;
  title: Words;
  state: 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  progress: Words;
  fraction?: number;
  started: number;
  ended?: number;
}

/** A change that was made or tried. Wall time in milliseconds since 1970. */
export interface ChangeFact {
  at: number;
  /** The name of the action that made it. */
  action: string;
  title: Words;
  who: { program: string; line: string; uid: number };
  /** `open`: it has not come to its end, or could not. `failed`: it had no plan to undo. `stopped`: it goes on when made again. */
  outcome: 'finished' | 'undone' | 'stopped' | 'failed' | 'open';
}

/** Errors of one source in the system's journal within the last hour. What they say is for those with the password. */
export interface ErrorCount {
  source: string;
  count: number;
  /** Wall time of the last one. */
  last: number;
}

/** The switch and its port that a NIC is cabled to, as LLDP tells. */
export interface NeighbourFact {
  nic: string;
  system: string;
  port: string;
}

/** Everything the main screen shows. Each section is replaced as a whole when something in it changes. */
export interface Facts {
  identity: Identity;
  services: ServiceFact[];
  clock: ClockFact;
  disks: DiskFact[];
  nics: Reading<Nic[]>;
  /** NICs that are configured and not there. */
  missing: MissingNic[];
  cpu: Reading<Usage>;
  memory: Reading<Usage>;
  vms: Reading<Vm[]>;
  virtualization: Virtualization;
  hardware: Hardware;
  management: ManagementFact;
  cluster: ClusterLink;
  ocfs2: Ocfs2Fact;
  attention: Attention[];
  /** The latest first. */
  changes: ChangeFact[];
  errors: Reading<ErrorCount[]>;
  neighbours: Reading<NeighbourFact[]>;
  pen: PenFact;
  jobs: JobFact[];
}

/** What is read of the node; the rest is the controller's own. */
export type NodeFacts = Omit<Facts, 'pen' | 'jobs' | 'changes'>;

export type Section = keyof Facts;

/**
 * Streams the sections: all that are known at once, then each again when it changed, and every second something, if only
 * an empty object: a controller that is silent for longer hangs. Ends when the caller cancels.
 */
export const watchFacts = defineAction<void, Partial<Facts>>()({
  name: 'facts.watch',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** The console should draw its whole screen again (the kernel wrote over it). Streams the reason. */
export const watchRepaint = defineAction<void, { reason: 'kernel message' }>()({
  name: 'facts.repaint',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});
