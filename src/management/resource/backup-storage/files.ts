import type { Words } from '../../../api/words.ts';

/** An image's file as it came. */
export interface Fetched {
  /** Absolute. */
  readonly path: string;
  /** Bytes of the file, and as many as a guest sees. */
  readonly bytes: number;
  readonly size: number;
  /** `sha256:` and 64 hex digits, and the MD5 in hex. */
  readonly checksum: string;
  readonly md5: string;
}

export interface Wanted {
  readonly image: string;
  /** `http:`, `https:` or `file:`. */
  readonly url: string;
  /** `qcow2`, `raw` or `iso`. */
  readonly format: string;
  /** Folder of the image server. */
  readonly folder: string;
  /** Whoever wants it is on this machine: it may then come from an address of it. */
  readonly isHere: boolean;
}

export interface Watching {
  readonly signal: AbortSignal;
}

/** The files of images, which lie on the management node itself. */
export interface ImageFiles {
  /** Whether a server of that name or address is this machine. */
  isHere(hostname: string): boolean;
  /** What stands against a folder for images, or against where an image is to come from. */
  folderProblem(folder: string): Words | undefined;
  urlProblem(url: string): Words | undefined;
  /** Makes a folder where it is absent; answers the bytes of its file system. */
  room(folder: string): Promise<{ total: number; available: number }>;
  /**
   * Has an image in the folder, going on where it broke off, and examines it; one that is there is answered at
   * once. Faults: `unavailable`, `conflict` for what is no good image of its format, `failed` for a full disk.
   */
  fetch(wanted: Wanted, watching: Watching): Promise<Fetched>;
  /** Removes an image's file, also one that is there in part or not at all. */
  remove(folder: string, image: string): Promise<void>;
}
