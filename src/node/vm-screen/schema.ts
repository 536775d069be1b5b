import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { ruled } from '../../api/ruled.ts';
import { secret } from '../../api/secret.ts';
import { uuid } from '../../api/uuid.ts';
import { say } from '../../api/words.ts';

/**
 * Brings a guest's screen (VNC) over a line of its own to the management service, which knows the line by that word.
 * Answers when the line is there; it ends with either side. Faults: `notFound` field `vm`, `conflict` field `vm` (it is
 * off, or not of this cloud), `unavailable`, `timeout`.
 */
export const openScreen = defineAction<void>()({
  name: 'vm.screen',
  input: z.object({ vm: uuid, stream: secret }),
  access: ['cluster'],
  lane: 'none',
});

const which = ruled((text) =>
  text === '' || text.length > 255 ? say('is neither a name nor a uuid', '既不是名称也不是 uuid') : undefined,
);

/** The text console of a guest. */
export interface VmLine {
  uuid: string;
  name: string;
  /** The terminal of its serial line on this node, which root can open. */
  path: string;
}

/**
 * Where a guest's serial line is, by its name or its uuid. Faults: `notFound` and `conflict` field `vm` (none or several
 * have that name; it is off, or not of this cloud), `unavailable`.
 */
export const readLine = defineAction<VmLine>()({
  name: 'vm.line',
  input: z.object({ vm: which }),
  access: ['password'],
  lane: 'none',
});

/** A text console that is open: its guest's name, and the word that the two actions below know it by. */
export interface OpenLine {
  name: string;
  line: string;
}

/**
 * Has a guest's text console open as long as the call lasts, for one at a time; ends with the guest. It tells one item,
 * when it is open. Faults as those of `vm.line`; `conflict` field `vm` also when somebody has it open here.
 */
export const openLine = defineAction<void, OpenLine>()({
  name: 'vm.openLine',
  input: z.object({ vm: which }),
  access: ['password'],
  lane: 'none',
});

const line = z.string().regex(/^[0-9a-f]{32}$/, 'is no text console');

/**
 * What a text console says next, in base64, once it says something: whoever can show no more does not ask, and the guest
 * waits. Empty: it has ended. Fault: `notFound` field `line`.
 */
export const takeLine = defineAction<{ bytes: string }>()({
  name: 'vm.takeLine',
  input: z.object({ line }),
  access: ['password'],
  lane: 'none',
  record: 'count',
});

/** Types into a text console; keys in base64. What is typed there may be a password, and is written down nowhere. */
export const typeLine = defineAction<void>()({
  name: 'vm.typeLine',
  input: z.object({ line, keys: z.base64().max(32_768) }),
  access: ['password'],
  lane: 'none',
  record: 'count',
});
