import { basename, dirname, join } from 'node:path';

/** What belongs to the machine, for tests elsewhere. */
export interface Places {
  fstab: string;
  /** Folder in which disks of storages are mounted. */
  mounts: string;
}

export interface PlacesOf {
  /** Where the disk is mounted. */
  mount: string;
  /** Folder on it that takes the storage's place. */
  files: string;
  /** Where the files go that it was copied from. */
  old: string;
}

/** @param id UUID of the disk's file system */
export const placesOf = ({ mounts }: Places, path: string, id: string): PlacesOf => ({
  mount: join(mounts, id),
  files: join(mounts, id, 'storage'),
  old: join(dirname(path), `${basename(path)}.before-${id.slice(0, 8)}`),
});
