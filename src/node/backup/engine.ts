import type { Kept } from '../../api/plan.ts';
import type { EngineKind } from './schema.ts';

/** Reports bytes of the dump's content so far. */
export type Progress = (bytes: number) => void;

/** What a dump holds, found by loading it away from what is live. */
export interface Examined {
  databases: string[];
  tables: number;
  rows: number;
}

/** Where the management service keeps its data, as far as dumping and restoring goes. */
export interface Engine {
  readonly kind: EngineKind;
  /** What there is to dump; empty when there is nothing yet. */
  databases(): Promise<string[]>;
  /** About as many bytes as the dump's content will have. */
  bytes(databases: readonly string[]): Promise<number>;
  /** Dumps consistently into a new compressed file, which is on the disk when this settles. Answers what is not in it. */
  dump(
    databases: readonly string[],
    path: string,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<string[]>;
  /** Bytes of disk that `examine` needs for that much content. */
  roomFor(content: number): number;
  /** Loads a dump into `place`, a folder that is gone afterwards. Throws when it cannot be loaded. */
  examine(place: string, path: string, signal: AbortSignal, progress: Progress): Promise<Examined>;
  /**
   * Makes a dump stand whole beside what is live, on the same server or disk: nothing live is touched. Throws when it
   * cannot. `forget` removes it.
   */
  stage(beside: Beside, path: string, signal: AbortSignal, progress: Progress): Promise<void>;
  /** The same with nothing in these databases. */
  stageEmpty(beside: Beside, databases: readonly string[]): Promise<void>;
  /** Swaps what stands beside for what is live, which waits for going back until it is forgotten. */
  swap(beside: Beside): Promise<Stood>;
  /** Undoes `swap`, however far it got, by swapping again: nothing is loaded. */
  swapBack(beside: Beside): Promise<void>;
  /** Removes all that is not live: nobody goes back any more. */
  forget(beside: Beside): Promise<void>;
}

/** What stands beside the live databases for one change: `id` is in its names, and it keeps how to go back. */
export interface Beside {
  readonly id: string;
  readonly kept: Kept;
}

/** What took the place of what was live. */
export interface Stood {
  databases: string[];
  /** Accounts of the dump that nothing runs as any more, and the one that it runs as instead. */
  definers?: string[];
  runsAs?: string;
}

export interface EngineParts {
  properties: string;
  /** Unix socket of this machine's database server. */
  socket: string;
  /** File of the embedded store. */
  store: string;
  /** For tests: the program that reads a whole store; beside this program's own otherwise. */
  storeProgram?: string;
}
