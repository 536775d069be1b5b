import type { z } from 'zod';
import type { vmDefinition } from '../../../node/vm/schema/definition.ts';
import type { VolumeFile } from '../../../node/volume/schema.ts';
import type { Wanted } from '../../placement/place.ts';
import type { Looking } from '../local-storage/connect.ts';
import type { NicPlan } from './networks.ts';

/** The image that a root volume is made of. */
export interface RootImage {
  readonly uuid: string;
  readonly format: string;
  readonly bytes: number;
  readonly size: number;
  readonly checksum: string;
}

/** What the steps that bring a VM up know. */
export interface Bringing extends Looking {
  readonly vm: string;
  readonly root: { readonly uuid: string; readonly size: number };
  /** Absent: the volume is there already. */
  readonly image?: RootImage;
  readonly nics: readonly NicPlan[];
  /** As it is defined on its host, without what is known once that is chosen. */
  readonly definition: Omit<z.input<typeof vmDefinition>, 'volumes' | 'nics'>;
  /** What its screen is to ask, sealed; absent: nothing. */
  readonly consolePassword?: string;
  readonly wanted: Wanted;
  /** Bytes of memory that are kept for the host itself. */
  readonly spare: number;
  /** Chosen. */
  readonly host?: string;
  readonly storage?: string;
  /** The root volume's file, once it is made. */
  readonly file?: VolumeFile;
}
