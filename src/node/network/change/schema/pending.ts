import type { Words } from '../../../../api/words.ts';

/** One thing that must hold before a change is kept. */
export type EvidenceKind = 'carrier' | 'address' | 'unique' | 'gateway' | 'lacp' | 'peer';
export interface Evidence {
  kind: EvidenceKind;
  link: string;
  /** Address, gateway or peer. */
  target?: string;
}
export interface Finding extends Evidence {
  /** `note`: does not hold, but did not before either. `none`: does not concern this node. */
  state: 'waiting' | 'good' | 'note' | 'none';
  words: Words;
}

/** A change that is being made, or waits to be kept. Seconds count down from the controller's monotonic clock. */
export interface PendingChange {
  id: string;
  title: Words;
  phase: 'applying' | 'proving' | 'confirming' | 'keeping' | 'takingBack';
  /** Until it is taken back by itself, while it waits for evidence (`proving`) or an answer (`confirming`). */
  secondsLeft?: number;
  /** Somebody wants it kept: it will be as soon as all is proven. */
  agreed?: boolean;
  findings: Finding[];
  doing: Words;
}
