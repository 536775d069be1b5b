import { join } from 'node:path';
import { readText, writeWhole } from '../../system/files.ts';
import type { Link } from './chain.ts';

/**
 * Kept apart from the records, so that cutting them off shows. It is written after each batch of records: one batch that it
 * does not know yet is what a crash leaves. So a single batch that somebody adds at the very end cannot be told from
 * that; anything else can.
 */
export interface Head {
  /** The newest record. */
  last: Link;
  /** What the oldest record still kept follows: older files were dropped to make room. */
  before: Link;
}

const path = (folder: string): string => join(folder, 'head.json');

/** Undefined when there is none. Throws when it cannot be read or makes no sense. */
export async function readHead(folder: string): Promise<Head | undefined> {
  const text = await readText(path(folder), 4096);
  if (text === undefined) return undefined;
  const head = JSON.parse(text) as Head;
  if (!isLink(head.last) || !isLink(head.before))
    throw new Error('the head of the audit chain makes no sense');
  return head;
}

const isLink = (link: Link | undefined): boolean =>
  Number.isSafeInteger(link?.seq) && /^[0-9a-f]{64}$/.test(link?.hash ?? '');

export const writeHead = (folder: string, head: Head): Promise<void> =>
  writeWhole(path(folder), `${JSON.stringify(head)}\n`);
