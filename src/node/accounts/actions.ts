import { type Caller, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Secret } from '../../api/secret-text.ts';
import type { Words } from '../../api/words.ts';
import { passwordField } from '../../system/shadow.ts';
import { hashOfField, ROOT_PASSWORD } from './apply.ts';
import { type NewPassword, rootPasswordPlan, type SetRootPassword } from './plan.ts';
import { changeRootPassword } from './schema.ts';

/** Settles when this is root's password; throws `refused`. Slowed down and locked out like every other check. */
export type CheckPassword = (caller: Caller, password: Secret, tell: (words: Words) => void) => Promise<void>;

export const accountFeature = (check: CheckPassword): Feature =>
  feature<SetRootPassword, NewPassword>({
    actions: [
      implement(changeRootPassword, async ({ oldPassword, newPassword }, run) => {
        await check(run.caller, oldPassword, (words) => run.progress(words)).catch(blameOldPassword);
        const before = hashOfField(await passwordField('root'));
        await run.carryOut(rootPasswordPlan(before), { newPassword });
      }),
    ],
    executors: { 'accounts.setRootPassword': ROOT_PASSWORD },
  });

function blameOldPassword(thrown: unknown): never {
  const { kind, words, next } = Fault.from(thrown);
  if (kind !== 'refused') throw thrown;
  throw new Fault(kind, words, {
    field: 'oldPassword',
    ...(next === undefined ? {} : { next }),
    cause: thrown,
  });
}
