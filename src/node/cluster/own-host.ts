import { z } from 'zod';
import type { OwnLines } from './own-lines.ts';

const stateAnswer = z.object({ state: z.string().max(64) });

/** What this node asks and tells its cluster of itself. All but the first throw `unavailable`. */
export class OwnHost {
  readonly #lines: OwnLines;

  constructor(lines: OwnLines) {
    this.#lines = lines;
  }

  isJoined(): Promise<boolean> {
    return this.#lines.isJoined();
  }

  /** Its state in the cluster: Enabled, Disabled, Maintenance. */
  async state(): Promise<string> {
    return stateAnswer.parse(await this.#lines.ask('GET', '/host')).state;
  }

  /** Throws `conflict` for maintenance while VMs run here, as the cluster sees it. */
  async setState(state: string): Promise<void> {
    await this.#lines.ask('POST', '/host', { state });
  }

  /** Bytes that one of its storages has here now. */
  async tellRoom(storage: string, room: { total: number; available: number }): Promise<void> {
    await this.#lines.ask('POST', '/host/storage', { storage, ...room });
  }
}
