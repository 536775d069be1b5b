import { createHash } from 'node:crypto';
import type { Api } from '../../management/define/api.ts';
import { askPassword, passwordFrom } from '../password.ts';
import { tell } from '../print.ts';
import type { Message } from './words.ts';

export const VARIABLE = 'ZSTACK_CLI_PASSWORD';

/** Whose password is sent as its SHA-512, and whether one is needed. */
const HASHED: Readonly<Record<string, boolean>> = {
  LogInByAccount: true,
  LogInByUser: true,
  CreateAccount: true,
  CreateUser: true,
  UpdateAccount: false,
  UpdateUser: false,
};

/** What passwords are called. */
const NAMES = ['password', 'consolePassword'] as const;

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex');

/**
 * A message with its password as the service takes it. Not given where one is needed, or given empty: taken from the
 * environment, a descriptor, or asked for.
 */
export async function withPassword(
  { name, params }: Api,
  message: Message,
  fd: string | undefined,
): Promise<Message> {
  const field = NAMES.find((each) => each in params && (name in HASHED || params[each]?.secret === true));
  if (field === undefined) return message;
  const needed = HASHED[name] ?? params[field]?.optional === false;
  const given = message[field];
  if (!needed && given === undefined && fd === undefined) return message;
  const sent = name in HASHED ? sha512 : (text: string) => text;
  if (typeof given === 'string' && given !== '') {
    tell('a password on a command line can be seen by others: leave it out to be asked');
    return { ...message, [field]: sent(given) };
  }
  const password = passwordFrom(undefined, VARIABLE, fd) ?? (await askPassword(field));
  return { ...message, [field]: sent(password) };
}
