import type { Plan, Step } from '../../../../api/plan.ts';
import type { Addressing } from '../schema/fields.ts';
import type { LinkSettings } from '../schema/state.ts';

/** One link that the reset sets up, with its new profile. */
export interface ResetLink extends LinkSettings {
  uuid: string;
}

export interface ResetStep extends Step {
  type: 'network.reset';
  id: number;
  /** The NIC or bond that was asked for. */
  nic: string;
  /** From the bottom up; the last one has the address. */
  links: ResetLink[];
  /** That of the last link; absent: leased. */
  address?: string;
  /** Folder that the files of now are copied into. */
  copy: string;
  /** ifupdown's file is taken over: NetworkManager reads that only when it starts. */
  restarts: boolean;
  /** Who asked for it, and why: absent in a plan. */
  who?: string;
  why?: string;
}

/** Those who know the node's address learn the one that the reset gave it. */
export interface TellStep extends Step {
  type: 'network.tell';
  link: string;
}

export interface ResetPlan extends Plan<ResetStep | TellStep> {
  readonly steps: readonly [ResetStep, ...TellStep[]];
}

export interface ResetInput extends Addressing {
  nic: string;
  method: 'static' | 'dhcp';
  vlan?: number | undefined;
}

/** The link that gets the address. */
export const topOf = ({ links, nic }: ResetStep): string => links.at(-1)?.name ?? nic;
