import type { Kysely } from 'kysely';
import { issueWords } from '../../../api/issue-words.ts';
import { say } from '../../../api/words.ts';
import { hostname } from '../../../node/dhcp/schema.ts';
import type { Doing, Reach } from '../../calls/doing.ts';
import { badField, Refusal } from '../../define/refusal.ts';
import type { Resource } from '../../define/resource.ts';
import type { TablesOf } from '../../define/table.ts';
import { forgetSealed } from '../../secrets/kept.ts';
import type { systemTag, userTag } from './resource.ts';
import { newTag, type Tagged } from './row.ts';
import { keepSecretOf, shownTag } from './secret-tags.ts';

const tables = ({ database }: Pick<Reach, 'database'>) =>
  database.withTables<TablesOf<typeof systemTag | typeof userTag>>();

const LONGEST = 2048;

/** Whether a tag is of a pattern, in which `{x}` stands for any text without `::`. */
function isOf(pattern: string, tag: string): boolean {
  const [words, parts] = [pattern.split('::'), tag.split('::')];
  return (
    words.length === parts.length && words.every((word, at) => word.startsWith('{') || word === parts[at])
  );
}

function checkTag(tag: string): void {
  if (tag === '') throw badField('tag', say('must not be empty', '不能为空'));
  if (tag.length > LONGEST)
    throw badField('tag', say(`is longer than ${LONGEST} characters`, `超过 ${LONGEST} 个字符`));
}

/** Throws `usage` for a tag that the system does not read of that resource. */
export function checkSystemTag(of: Resource, tag: string): void {
  checkTag(tag);
  const shown = shownTag(tag);
  const pattern = of.tags.find((each) => isOf(each, shown));
  if (pattern === undefined)
    throw badField(
      'tag',
      say(`${of.name} has no system tag such as ${shown}`, `${of.name} 没有 ${shown} 这样的系统标签`),
    );
  const parts = shown.split('::');
  for (const [at, word] of pattern.split('::').entries()) {
    const read = PARTS[word]?.safeParse(parts[at]);
    if (read?.success === false) throw badField('tag', issueWords(read.error.issues[0]));
  }
}

/** Parts of tags that are more than any text. */
const PARTS: Record<string, typeof hostname | undefined> = { '{hostname}': hostname };

const taken = (tag: string): Refusal =>
  new Refusal('TAG.1000', 'conflict', say(`it has the tag ${tag} already`, `已有标签 ${tag}`));

export async function giveSystemTag(on: Doing, where: Tagged, tag: string) {
  checkSystemTag(where.of, tag);
  const shown = shownTag(tag);
  const query = tables(on).selectFrom('system_tag').select('uuid').where('resourceUuid', '=', where.uuid);
  if ((await query.where('tag', '=', shown).execute()).length > 0) throw taken(shown);
  await keepSecretOf(on, where.uuid, tag);
  const row = { ...newTag(where, shown, on.now), type: 'System' as const, inherent: 0 };
  await tables(on).insertInto('system_tag').values(row).execute();
  return row;
}

/** The system tag of a resource that begins so, where it has one. */
export async function systemTagOf(
  database: Kysely<object>,
  uuid: string,
  start: string,
): Promise<string | undefined> {
  const query = tables({ database }).selectFrom('system_tag').select('tag').where('resourceUuid', '=', uuid);
  return (await query.execute()).map(({ tag }) => tag).find((tag) => tag.startsWith(start));
}

/** Gives a system tag in the place of the one that begins so. @param tag undefined: none in its place */
export async function replaceSystemTag(
  on: Doing,
  where: Tagged,
  start: string,
  tag: string | undefined,
): Promise<void> {
  const before = await systemTagOf(on.database, where.uuid, start);
  if (before === tag) return;
  const old = tables(on).deleteFrom('system_tag').where('resourceUuid', '=', where.uuid);
  if (before !== undefined) await old.where('tag', '=', before).execute();
  if (tag !== undefined) await giveSystemTag(on, where, tag);
}

/** A tag that the system itself gives for good. */
export async function giveInherentTag(on: Doing, where: Tagged, tag: string): Promise<void> {
  const row = { ...newTag(where, tag, on.now), type: 'System' as const, inherent: 1 };
  await tables(on).insertInto('system_tag').values(row).execute();
}

export async function giveUserTag(on: Doing, where: Tagged, tag: string) {
  checkTag(tag);
  const query = tables(on).selectFrom('user_tag').select('uuid').where('resourceUuid', '=', where.uuid);
  if ((await query.where('tag', '=', tag).execute()).length > 0) throw taken(tag);
  const row = { ...newTag(where, tag, on.now), type: 'User' as const };
  await tables(on).insertInto('user_tag').values(row).execute();
  return row;
}

/** Tags that come with a creation, and go with what they are written on. */
export const TAGGING = {
  async give(on: Doing, where: Tagged, system: readonly string[], user: readonly string[]): Promise<void> {
    for (const tag of system) await giveSystemTag(on, where, tag);
    for (const tag of user) await giveUserTag(on, where, tag);
  },
  async removeAll(on: Reach, uuid: string): Promise<void> {
    await tables(on).deleteFrom('system_tag').where('resourceUuid', '=', uuid).execute();
    await tables(on).deleteFrom('user_tag').where('resourceUuid', '=', uuid).execute();
    await forgetSealed(on.database, uuid);
  },
};
