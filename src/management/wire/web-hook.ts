import { say } from '../../api/words.ts';
import { badField } from '../define/refusal.ts';

/** Whom a client wants to be told how its job ended. */
export interface WebHook {
  readonly url: string;
  /** The client is on this machine. */
  readonly isHere: boolean;
  /** Full classes of what is in the answer are told too. */
  readonly schema: boolean;
  /** How often it is still tried. */
  readonly left: number;
}

const TRIES = 15;
const LONGEST = 2048;
const NAME = 'X-Web-Hook';

/** The header's value as a job keeps it. Throws `usage`. */
export function webHookText(url: string, isHere: boolean, schema: boolean): string {
  const hook: WebHook = { url: checked(url), isHere, schema, left: TRIES };
  return JSON.stringify(hook);
}

export const webHookOf = (text: string): WebHook => JSON.parse(text);

function checked(text: string): string {
  if (text.length > LONGEST)
    throw badField(NAME, say(`is longer than ${LONGEST} characters`, `超过 ${LONGEST} 个字符`));
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw badField(NAME, say('is no address http://… or https://…', '不是 http:// 或 https:// 地址'));
  // It would stand in the job's row.
  if (url.username !== '' || url.password !== '')
    throw badField(NAME, say('must not hold a password', '不能包含密码'));
  return url.href;
}
