import type { Readable } from 'node:stream';

/** Where a node has its images from: the management node at the other end of its link. */
export interface ImageSource {
  /**
   * The bytes of an image's file from an offset on, of which there may be none any more. Faults: `unavailable` (no link,
   * or the peer has no such image), `timeout`; what goes wrong later destroys the stream with one of these.
   */
  open(image: string, from: number, signal: AbortSignal): Promise<Readable>;
}
