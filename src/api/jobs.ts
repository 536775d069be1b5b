import { z } from 'zod';
import { type Caller, defineAction } from './action.ts';
import type { FaultRecord } from './fault.ts';
import type { Words } from './words.ts';

export type JobState = 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** A long action that runs, or ran. */
export interface Job {
  id: string;
  action: string;
  title: Words;
  /** Wall times in milliseconds since 1970. */
  started: number;
  ended?: number;
  state: JobState;
  progress: Words;
  /** 0-1; absent when it cannot be told. */
  fraction?: number;
  /** What it answered, once it is done. */
  output?: unknown;
  fault?: FaultRecord;
}

const job = z.object({ id: z.string().regex(/^[0-9a-z-]{1,40}$/, 'is no job number') });

/** Streams the job as it is now and each time it changes, and what it streams itself. Ends with the job. */
export const watchJob = defineAction<Job, { job: Job } | { item: unknown }>()({
  name: 'jobs.watch',
  input: job,
  access: ['password'],
  lane: 'none',
  record: 'count',
});

/** Asks a running job to stop; `jobs.watch` shows when it has. */
export const cancelJob = defineAction<void>()({
  name: 'jobs.cancel',
  input: job,
  access: ['password'],
  lane: 'none',
});

/** What recovery did after a crash has been read: its attention line goes. `change` names it as the line does. */
export const acknowledgeChange = defineAction<void>()({
  name: 'journal.acknowledge',
  input: z.object({ change: z.string().regex(/^change-\d{9}\.jsonl$/, 'is no change') }),
  access: ['password'],
  lane: 'none',
});

/** A change that could be neither finished nor undone, and what a person can do about it. */
export interface HalfDone {
  /** Its journal file. */
  name: string;
  title: Words;
  /** What it was, and how things stand now. */
  words: Words;
  next: Words;
  rebootMends: boolean;
}

/** Changes that stopped half-way, if any. */
export const readHalfDone = defineAction<HalfDone[]>()({
  name: 'journal.halfDone',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** Tries at once to bring them to an end, as is tried every minute. Answers those that still stand. */
export const retryHalfDone = defineAction<HalfDone[]>()({
  name: 'journal.retry',
  input: z.object({}),
  access: ['password'],
  lane: 'node',
});

/** A change as the records tell its end. */
export interface Deed {
  /** Wall time of its end in milliseconds since 1970. */
  at: number;
  caller: Caller;
  action: string;
  title: Words;
  /** Why it was asked for. */
  why?: string;
  /** What it failed with; absent: it was made. */
  failed?: Words;
  /** It was made by a plan, and so is in the journal as well. */
  planned?: true;
}

/** The latest changes on this node, the latest first, as far back as the newest records go. */
export const readChanges = defineAction<Deed[]>()({
  name: 'audit.changes',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/** Reads the whole audit chain and says what does not fit. */
export const verifyAudit = defineAction<AuditVerdict>()({
  name: 'audit.verify',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

export interface AuditVerdict {
  /** Records read. */
  records: number;
  problems: AuditProblem[];
}

export interface AuditProblem {
  /** Number of the record at which it shows. */
  record: number;
  kind:
    | 'edited'
    | 'removed'
    | 'inserted'
    | 'cut off'
    | 'replaced'
    | 'unreadable'
    | 'no head'
    | 'found earlier';
  text: string;
}
