import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { readText } from './files.ts';

const SHADOW = '/etc/shadow';
const FILE_LIMIT = 4 * 1024 * 1024;

/** The password field of a user in /etc/shadow (shadow(5)). Throws `unavailable` without the right to read it, `notFound`. */
export async function passwordField(user: string): Promise<string> {
  const text = await readText(SHADOW, FILE_LIMIT).catch((error) => {
    throw new Fault('unavailable', say('the password check needs root', '密码检查需要 root 权限'), {
      cause: error,
    });
  });
  const row = text?.split('\n').find((line) => line.startsWith(`${user}:`));
  const field = row?.split(':')[1];
  if (field !== undefined) return field;
  throw new Fault('notFound', say(`${user} has no entry in ${SHADOW}`, `${SHADOW} 中没有 ${user}`));
}

export type PasswordState = 'usable' | 'locked' | 'empty';

/** What a password field lets in: `!` and `*` begin what no password fits. */
export function stateOfField(field: string): PasswordState {
  if (field === '') return 'empty';
  return /^[!*]/.test(field) ? 'locked' : 'usable';
}
