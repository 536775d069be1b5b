import { Fault } from '../../src/api/fault.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { say } from '../../src/api/words.ts';
import type { Values } from '../../src/tui/form.ts';

/** A fault at the confirmation when it is not the new password once more. */
export function confirmed(values: Values): Fault | undefined {
  const { newPassword, confirmation } = values;
  const same =
    newPassword instanceof Secret &&
    confirmation instanceof Secret &&
    newPassword.reveal() === confirmation.reveal();
  if (same) return undefined;
  return new Fault('usage', say('differs from the new password', '与新密码不一致'), {
    field: 'confirmation',
  });
}
