import { dirname, join } from 'node:path';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';
import { run } from './exec.ts';
import type { PamAnswer } from './pam-check.ts';

/**
 * Checks passwords through the system's PAM. The talk with PAM is a short program of its own: modules that hang or
 * crash take nothing else along, and PAM may call back into it at any time.
 */

const TIMEOUT = 60_000;

/**
 * Whether this is the user's password. Throws `unavailable` when the check itself does not work, with the reason, and
 * `refused` when the right one opens nothing because it or the account has expired, with what to do.
 */
export async function isPassword(user: string, password: Secret): Promise<boolean> {
  if (process.getuid?.() !== 0) throw needsRoot();
  const program = join(dirname(process.argv[1] ?? ''), 'pam-check.cjs');
  const input = `${user}\n${password.reveal()}\n`;
  const cache = process.env.NODE_COMPILE_CACHE;
  const env = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
  const { code, stdout, stderr } = await run([process.execPath, program], { timeout: TIMEOUT, input, env });
  if (code !== 0) throw broken(stderr.trim().split('\n').at(-1) || `exit code ${code}`);
  const answer = JSON.parse(stdout) as PamAnswer;
  if (answer.verdict === 'broken') throw broken(answer.why);
  if (answer.verdict === 'expired') throw EXPIRED[answer.what](user);
  return answer.verdict === 'right';
}

const needsRoot = (): Fault =>
  new Fault('unavailable', say('the password check needs root', '密码检查需要 root 权限'));

const EXPIRED: Record<'account' | 'password', (user: string) => Fault> = {
  account: (user) =>
    new Fault('refused', say(`the account ${user} has expired`, `账户 ${user} 已过期`), {
      next: byAnother(`chage -E -1 ${user}`),
    }),
  password: (user) =>
    new Fault(
      'refused',
      say(
        `the password of ${user} expired and was not changed in time`,
        `${user} 的密码已过期，且未在期限内修改`,
      ),
      { next: byAnother(`passwd ${user}`) },
    ),
};

const byAnother = (command: string) =>
  say(
    `as another administrator: sudo ${command}; without one, start the machine in rescue mode and run it there`,
    `请由其他管理员运行 sudo ${command}；没有时请以救援模式启动后运行`,
  );

const broken = (why: string): Fault =>
  new Fault('unavailable', say(`the password check does not work: ${why}`, `密码检查无法进行：${why}`));
