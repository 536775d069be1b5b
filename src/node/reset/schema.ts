import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { why } from '../../api/why.ts';
import { say, type Words } from '../../api/words.ts';

/** What a person types to confirm; the letters matter. */
export const RESET_PHRASES = { keep: 'reset zstack', drop: 'reset zstack drop database' } as const;

/** A reset of the management service that was made. */
export interface ResetDone {
  /** Path of the dump that was taken first; absent when there was nothing to dump. */
  dump?: string;
  /** Views that are not in it but as comments, as `database.view`: they stand on what is not there. Absent when all are. */
  left?: string[];
  /** What the dump was found to hold when it was loaded away from what is live, or why that was not done. */
  proven?: { tables: number; rows: number } | { why: Words };
  /** Copy of zstack.properties as it was; absent when there was none. */
  configuration?: string;
  started: boolean;
  /** What became of the program's own files since they were installed. */
  programs: Words;
}

const wrongPhrase = say('is not what is asked for', '与要求输入的不一致');

/**
 * Resets the management service: a proved dump first, then its configuration down to what it needs to reach its
 * servers, its caches, the broker's user, and with `database: 'drop'` an empty database; then it is started. Any
 * failure ends with everything as it was. Nothing is dropped before the dump is proved to be whole.
 */
export const resetManagement = defineAction<ResetDone>()({
  name: 'reset.management',
  input: z
    .object({ database: z.enum(['keep', 'drop']), phrase: z.string(), why })
    .refine(({ database, phrase }) => phrase === RESET_PHRASES[database], {
      path: ['phrase'],
      message: wrongPhrase.en,
      params: { words: wrongPhrase },
    }),
  access: ['password'],
  lane: 'services',
  long: true,
});

/** What leaving the cluster did. */
export interface NodeReset {
  /** The management node that this node belonged to; absent when it was in no cluster. */
  left?: string;
}

/** Makes a node of another role a clean one again: it leaves the cluster. `conflict` while VMs are here. */
export const resetNode = defineAction<NodeReset>()({
  name: 'reset.node',
  input: z.object({ phrase: z.string(), why }).refine(({ phrase }) => phrase === RESET_PHRASES.keep, {
    path: ['phrase'],
    message: wrongPhrase.en,
    params: { words: wrongPhrase },
  }),
  access: ['password'],
  lane: 'node',
});
