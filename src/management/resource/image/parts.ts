import type { Catalogue } from '../../calls/doing.ts';
import type { ImageFiles } from '../backup-storage/files.ts';
import type { HostLinks } from '../host/run.ts';

/** What calls about images work with beside the store. */
export interface Parts {
  readonly files: ImageFiles;
  readonly catalogue: Catalogue;
  readonly links: HostLinks;
}
