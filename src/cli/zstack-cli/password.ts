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
  const field = params.password;
  if (!(name in HASHED) && field?.secret !== true) return message;
  const needed = HASHED[name] ?? field?.optional === false;
  const given = message.password;
  if (!needed && given === undefined && fd === undefined) return message;
  const sent = name in HASHED ? sha512 : (text: string) => text;
  if (typeof given === 'string' && given !== '') {
    tell('a password on a command line can be seen by others: leave it out to be asked');
    return { ...message, password: sent(given) };
  }
  const password = passwordFrom(undefined, VARIABLE, fd) ?? (await askPassword('password'));
  return { ...message, password: sent(password) };
}
