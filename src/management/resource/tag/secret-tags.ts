import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Fault } from '../../../api/fault.ts';
import { issueWords } from '../../../api/issue-words.ts';
import type { Secret } from '../../../api/secret-text.ts';
import { say } from '../../../api/words.ts';
import { consolePassword } from '../../../node/vm/schema/definition.ts';
import type { Doing } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { keepSealed } from '../../secrets/kept.ts';
import type { systemTag } from './resource.ts';
import { newTag, type Tagged } from './row.ts';

/** What is shown in the place of a secret. */
const STARS = '******';

/** Tags that hold a secret, by their word: it is kept sealed, and the tag itself never shows it. */
const SECRETS: Readonly<Record<string, z.ZodType<Secret, Secret | string>>> = { consolePassword };

/** Further words that clients know as secret; no tag of them is kept. */
const UNSERVED = ['rootPassword'];

const words = new Map([...Object.keys(SECRETS), ...UNSERVED].map((word) => [word.toLowerCase(), word]));

/** A tag as anybody may see it. */
export function shownTag(tag: string): string {
  const at = tag.indexOf('::');
  const word = at === -1 ? undefined : words.get(tag.slice(0, at).trim().toLowerCase());
  return word === undefined ? tag : shownSecret(word);
}

const shownSecret = (name: string): string => `${name}::${STARS}`;

/** The name of the secret that a tag holds. */
const secretNameOf = (tag: string): string | undefined =>
  Object.keys(SECRETS).find((name) => tag.startsWith(`${name}::`));

interface Given {
  readonly name: string;
  readonly value: Secret | string;
  /** Where it was given. */
  readonly field: string;
}

/** A secret, sealed for that resource. Throws `usage` that names the field for one that does not do. */
export function sealedFor({ catalogue }: Doing, uuid: string, { name, value, field }: Given): string {
  const read = SECRETS[name]?.safeParse(value);
  if (read?.success !== true) throw badField(field, issueWords(read?.error.issues[0]));
  return catalogue.vault.seal(read.data, uuid);
}

const shownAlready = (): Fault =>
  badField('tag', say('stars stand for a secret that is not shown', '星号代表不予显示的机密'));

/** Keeps the secret of a tag, where it holds one. Throws `usage` for one that does not do. */
export async function keepSecretOf(on: Doing, uuid: string, tag: string): Promise<void> {
  const name = secretNameOf(tag);
  if (name === undefined) return;
  const value = tag.slice(`${name}::`.length);
  if (value === STARS) throw shownAlready();
  await keepSealed(on.database, uuid, name, sealedFor(on, uuid, { name, value, field: 'tag' }));
}

/** Forgets the secret that a tag stands for, where it does. */
export async function forgetSecretOf(database: Kysely<object>, uuid: string, tag: string): Promise<void> {
  const name = secretNameOf(tag);
  if (name !== undefined) await keepSealed(database, uuid, name, undefined);
}

/** Writes a secret with the tag that stands for it, in the place of the one of before. @param sealed undefined: neither */
export async function writeSecretTag(
  database: Kysely<object>,
  where: Tagged,
  { name, sealed, now }: { name: string; sealed: string | undefined; now: number },
): Promise<void> {
  const tags = database.withTables<TablesOf<typeof systemTag>>();
  const tag = shownSecret(name);
  const old = tags.deleteFrom('system_tag').where('resourceUuid', '=', where.uuid);
  await old.where('tag', '=', tag).execute();
  await keepSealed(database, where.uuid, name, sealed);
  if (sealed === undefined) return;
  const row = { ...newTag(where, tag, now), type: 'System' as const, inherent: 0 };
  await tags.insertInto('system_tag').values(row).execute();
}
