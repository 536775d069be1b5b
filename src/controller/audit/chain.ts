import { createHash } from 'node:crypto';

/** What stands in every record; the rest is what happened. */
export interface Linked {
  seq: number;
  /** Wall time in milliseconds since 1970. */
  at: number;
  /** Hash of the record before. */
  prev: string;
  /** How many records were written at once with this one, itself among them; absent: it alone. */
  batch?: number;
}

export interface Link {
  seq: number;
  hash: string;
}

/** What the first record of all follows. */
export const GENESIS: Link = { seq: 0, hash: '0'.repeat(64) };

/** A record as its line, without the line break, and the link that the next one follows. */
export function lineOf(before: Link, at: number, event: object): { line: string; link: Link } {
  const seq = before.seq + 1;
  const record = JSON.stringify({ seq, at, prev: before.hash, ...event });
  const hash = hashOf(record);
  return { line: `{"hash":"${hash}","record":${record}}`, link: { seq, hash } };
}

export interface ReadRecord {
  link: Link;
  prev: string;
  batch: number;
  /** The hash fits the record's bytes. */
  intact: boolean;
  event: Record<string, unknown>;
}

const LINE = /^\{"hash":"([0-9a-f]{64})","record":(\{.*\})\}$/;

/** Undefined when the line is no record at all. */
export function readLine(line: string): ReadRecord | undefined {
  const [, hash, text] = LINE.exec(line) ?? [];
  if (hash === undefined || text === undefined) return undefined;
  const record = parsed(text);
  if (record === undefined || typeof record.seq !== 'number' || typeof record.prev !== 'string')
    return undefined;
  return {
    link: { seq: record.seq, hash },
    prev: record.prev,
    batch: typeof record.batch === 'number' ? record.batch : 1,
    intact: hashOf(text) === hash,
    event: record,
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Over the bytes as they stand in the file; `prev` is among them, so each record vouches for all before it. */
const hashOf = (record: string): string => createHash('sha256').update(record).digest('hex');
