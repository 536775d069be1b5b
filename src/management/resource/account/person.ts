import { Fault } from '../../../api/fault.ts';
import type { Secret } from '../../../api/secret-text.ts';
import { say } from '../../../api/words.ts';
import { badField } from '../../define/refusal.ts';
import { isDuplicate } from '../../store/duplicate.ts';
import { hashOf, isInitial } from './password.ts';

/** SHA-512 in hex, as every client sends it: what was typed is not known here. Throws `usage`. */
export function checkPassword(sent: Secret): void {
  if (!/^[0-9a-f]{128}$/i.test(sent.reveal()))
    throw badField(
      'password',
      say('is not the SHA-512 of one, 128 hex digits', '不是 128 位十六进制的 SHA-512'),
    );
  if (isInitial(sent)) throw badField('password', say('is the initial one', '不能使用初始密码'));
}

export function checkName(name: string): void {
  if (name === '') throw badField('name', say('must not be empty', '不能为空'));
}

interface Given {
  readonly name: string | undefined;
  readonly password: Secret | undefined;
  readonly description: string | undefined;
}

/** What an account's or a user's row is to hold after a change. Throws `usage`. */
export async function changesOf({ name, password, description }: Given, now: number) {
  if (password !== undefined) checkPassword(password);
  if (name !== undefined) checkName(name);
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(password === undefined ? {} : { password: await hashOf(password) }),
    lastOpDate: now,
  };
}

/** Writes what no other one may be called. Throws `conflict` when one is. */
export async function alone(name: string, write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw isDuplicate(error) ? taken(name) : error;
  }
}

const taken = (name: string): Fault =>
  new Fault(
    'conflict',
    say(`one is called ${name} already, or has that uuid`, `名称 ${name} 或 uuid 已被使用`),
  );
