import type { Plan, Step } from '../../../../api/plan.ts';
import type { Evidence } from '../schema/pending.ts';
import type { LinkSettings } from '../schema/state.ts';
import type { Following } from './management.ts';

/** Remembers the state of now and sets the checkpoint: from here on the change takes itself back. */
export interface BeginStep extends Step {
  type: 'network.begin';
  id: number;
}

/** Asks whether anybody else has the address. */
export interface FreeStep extends Step {
  type: 'network.free';
  link: string;
  address: string;
}

/** Writes a profile, in memory only. Without `uuid` a new one. */
export interface WriteStep extends Step {
  type: 'network.write';
  link: LinkSettings;
  uuid?: string;
  /** Profile that others go on sharing: the new one takes over from it what the change is not about. */
  base?: string;
  /** Priority of a profile that starts on the link at each boot unless this one's is higher. */
  above?: number;
}

/** A profile that does not start by itself any more, in memory until the change is kept. */
export interface QuietStep extends Step {
  type: 'network.quiet';
  uuid: string;
}

/** Activates the link's profile. */
export interface UpStep extends Step {
  type: 'network.up';
  link: string;
}

/** Puts changed addresses, routes or MTU in force without taking the link down. */
export interface ReapplyStep extends Step {
  type: 'network.reapply';
  link: string;
}

export interface DownStep extends Step {
  type: 'network.down';
  link: string;
}

/** Takes a bond, VLAN or bridge away; its profile sleeps until the change is kept. */
export interface RemoveStep extends Step {
  type: 'network.remove';
  link: string;
  uuid?: string;
}

/** A new name in the kernel. The NIC is down. */
export interface RenameStep extends Step {
  type: 'network.rename';
  from: string;
  to: string;
}

/** Waits until the bond can carry traffic. */
export interface SettleStep extends Step {
  type: 'network.settle';
  link: string;
  lacp: boolean;
}

/** Waits for the evidence, then for the person. */
export interface ProveStep extends Step {
  type: 'network.prove';
  evidence: Evidence[];
}

/** What knows the old management address learns the new one. Taken back with all the rest by the first step. */
export interface FollowStep extends Step {
  type: 'network.follow';
  following: Following;
}

/** Makes it last: profiles to disk as a whole, names of NICs, the management setting. */
export interface KeepStep extends Step {
  type: 'network.keep';
  id: number;
  /** Profiles that go. */
  removed: string[];
  names: { mac: string; name: string }[];
  management?: { link: string; address?: string };
}

export type NetworkStep =
  | BeginStep
  | FreeStep
  | WriteStep
  | QuietStep
  | UpStep
  | ReapplyStep
  | DownStep
  | RemoveStep
  | RenameStep
  | SettleStep
  | ProveStep
  | FollowStep
  | KeepStep;

export type NetworkPlan = Plan<NetworkStep>;
