import type { Kysely } from 'kysely';
import type { ErrorShape } from '../define/error-shape.ts';

/** Fields of an answer. */
export type Answer = Readonly<Record<string, unknown>>;

/** What came of a job; `running` while nothing has. */
export type Outcome =
  | { readonly running: true }
  | { readonly answer: Answer }
  | { readonly error: ErrorShape };

/** Writes what is to stand beside a job's row, both or neither: as it begins, or as it ended at once. */
export type RecordJob = (database: Kysely<object>, outcome: Outcome) => Promise<void>;

/** Writes how a job ended that was recorded as it began, together with its row. */
export type CloseJob = (database: Kysely<object>, uuid: string, outcome: Outcome) => Promise<void>;
