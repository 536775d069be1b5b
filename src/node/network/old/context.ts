import type { Ifcfg } from '../ifcfg.ts';
import type { OldKind } from './kinds.ts';
import type { Problem } from './problem.ts';
import type { Sections } from './profile.ts';
import type { OldFiles } from './read.ts';
import type { RuleNumbers } from './routing-rules.ts';
import type { Unit } from './units.ts';

/** What is known besides a link's own files. */
export interface LinkContext {
  files: OldFiles;
  units: readonly Unit[];
  machine: Ifcfg;
  numbers: RuleNumbers;
  /** Names of NICs that udev gives, by MAC address. */
  given: ReadonlyMap<string, string>;
  uuidOf(unit: Unit): string;
}

/** A link as the old files have it. */
export interface OldLink {
  unit: Unit;
  id: string;
  kind: OldKind | undefined;
  sections: Sections;
  /** Permanent MAC address that the profile is bound to. */
  mac?: string;
  /** The name that the NIC of this MAC address has to be given. */
  naming?: { mac: string; name: string };
  /** Files of other links without which this one is none: its controller's, its parent's. */
  needs: string[];
  /** Its default route, by IPv4. */
  gateway?: string;
  /** That is the machine's own. */
  hasMachineGateway: boolean;
  problems: Problem[];
}
