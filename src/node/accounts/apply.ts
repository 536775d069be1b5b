import { createHash } from 'node:crypto';
import { Fault } from '../../api/fault.ts';
import { type Executor, keepsake } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { isPassword } from '../../system/pam.ts';
import { passwordField } from '../../system/shadow.ts';
import type { NewPassword, SetRootPassword } from './plan.ts';

export const hashOfField = (field: string): string => createHash('sha256').update(field).digest('hex');

/** The field of /etc/shadow before. */
const BEFORE = keepsake<{ field: string }>('root-password');

const settle = async ({ before }: SetRootPassword): Promise<'done' | 'not done'> =>
  hashOfField(await passwordField('root')) === before ? 'not done' : 'done';

/**
 * Sets root's password with chpasswd and proves it by PAM. The old field of /etc/shadow is kept as only root can read it,
 * like /etc/shadow itself, until the new one is proven.
 */
export const ROOT_PASSWORD: Executor<SetRootPassword, NewPassword> = {
  async apply(step, { given, kept }) {
    const field = await passwordField('root');
    if (hashOfField(field) !== step.before) throw changedMeanwhile();
    await kept.keep(BEFORE, { field });
    await chpasswd([], given.newPassword.reveal());
    if (!(await isPassword('root', given.newPassword))) throw notProven();
  },
  async undo(step, { kept }) {
    if ((await settle(step)) === 'not done') return;
    const { field } = (await kept.find(BEFORE)) ?? {};
    if (field === undefined || hashOfField(field) !== step.before) throw oldOneGone();
    await chpasswd(['-e'], field);
  },
  settle,
};

/** @param text the password, with `-e` the field of /etc/shadow */
async function chpasswd(options: readonly string[], text: string): Promise<void> {
  const { code, stderr } = await run(['chpasswd', ...options], { timeout: 30_000, input: `root:${text}\n` });
  if (code === 0) return;
  // chpasswd does not repeat what it was given; should another version do so, it still goes no further.
  const why = stderr.replaceAll(text, '***').trim().split('\n')[0] || `chpasswd ended with ${code}`;
  throw new Fault('failed', say(`the password was not set: ${why}`, `密码未设置：${why}`));
}

const changedMeanwhile = (): Fault =>
  new Fault('conflict', say('somebody else has just changed the password', '密码刚刚被他人修改'));
const notProven = (): Fault =>
  new Fault(
    'failed',
    say('the new password does not work: the old one is put back', '新密码无法使用：已恢复旧密码'),
  );
const oldOneGone = (): Fault =>
  new Fault(
    'failed',
    say('the old password cannot be put back: it is not known any more', '无法恢复旧密码：已不可知'),
  );
