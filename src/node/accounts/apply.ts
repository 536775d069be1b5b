import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Doing, Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { isPassword } from '../../system/pam.ts';
import { passwordField } from '../../system/shadow.ts';
import type { NewPassword, SetRootPassword } from './plan.ts';

export const hashOfField = (field: string): string => createHash('sha256').update(field).digest('hex');

/**
 * Sets root's password with chpasswd and proves it by PAM. The old field of /etc/shadow waits in a file that only
 * root can read, like /etc/shadow itself, until the new one is proven.
 */
export class RootPassword implements Executor<SetRootPassword, NewPassword> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async apply(
    step: SetRootPassword,
    { given: { newPassword: password } }: Doing<NewPassword>,
  ): Promise<void> {
    const field = await passwordField('root');
    if (hashOfField(field) !== step.before) throw changedMeanwhile();
    await ensureFolder(this.#folder);
    await writeWhole(this.#oldField, field);
    await chpasswd([], password.reveal());
    if (!(await isPassword('root', password))) throw notProven();
    await this.forget();
  }

  async undo(step: SetRootPassword): Promise<void> {
    if ((await this.settle(step)) === 'not done') return;
    const field = await readText(this.#oldField, 4096);
    if (field === undefined || hashOfField(field) !== step.before) throw oldOneGone();
    await chpasswd(['-e'], field);
    await this.forget();
  }

  async settle(step: SetRootPassword): Promise<'done' | 'not done'> {
    return hashOfField(await passwordField('root')) === step.before ? 'not done' : 'done';
  }

  /** Removes what waits for an undo that will not come. */
  forget(): Promise<void> {
    return rm(this.#oldField, { force: true });
  }

  get #oldField(): string {
    return join(this.#folder, 'root-before');
  }
}

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
