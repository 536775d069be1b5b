import type { Readable } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { OwnLines } from './own-lines.ts';

/** Images that the management node has. */
export class LinkImages {
  readonly #lines: OwnLines;

  constructor(lines: OwnLines) {
    this.#lines = lines;
  }

  /**
   * The bytes of an image's file from an offset on. Faults: `unavailable` (not joined, no answer, or the management
   * node has no such image), `timeout`; what goes wrong later destroys the stream.
   */
  async open(image: string, from: number, signal: AbortSignal): Promise<Readable> {
    try {
      return await this.#lines.open(`/images/${image}`, from, signal);
    } catch (thrown) {
      throw Fault.from(thrown).kind === 'notFound' ? noImage() : thrown;
    }
  }
}

const noImage = (): Fault =>
  new Fault('unavailable', say('the management node does not have this image', '管理节点上没有该镜像'));
