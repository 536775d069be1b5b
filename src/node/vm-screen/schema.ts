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
