import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import { render } from '../../calls/render.ts';
import { badField, notThere } from '../../define/refusal.ts';
import { type RowOf, rowOf, type TablesOf } from '../../define/table.ts';
import {
  createSystemTag,
  createUserTag,
  deleteTag,
  systemTag,
  updateSystemTag,
  userTag,
} from './resource.ts';
import type { Tagged } from './row.ts';
import { forgetSecretOf, keepSecretOf, shownTag } from './secret-tags.ts';
import { checkSystemTag, giveSystemTag, giveUserTag } from './tags.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof systemTag | typeof userTag>>();

const resourceOf = ({ catalogue }: Doing, type: string) => catalogue.resources.find(({ vo }) => vo === type);

/** What a tag is to be written on. Throws when there is no such thing. */
async function taggedBy(on: Doing, type: string, uuid: string): Promise<Tagged> {
  const of = resourceOf(on, type);
  if (of === undefined || !('uuid' in of.fields))
    throw badField('resourceType', say(`there are no resources ${type}`, `没有资源类型 ${type}`));
  const rows = on.database.withTables<Record<string, { uuid: string }>>();
  const found = await rows.selectFrom(of.table).select('uuid').where('uuid', '=', uuid).executeTakeFirst();
  if (found === undefined) throw notThere(of.vo, uuid);
  return { of, uuid: found.uuid };
}

const createSystem = serves(createSystemTag, async (on, { resourceType, resourceUuid, tag }) => {
  const row = await giveSystemTag(on, await taggedBy(on, resourceType, resourceUuid), tag);
  return { inventory: render(systemTag, rowOf(systemTag, row)) };
});

const createUser = serves(createUserTag, async (on, { resourceType, resourceUuid, tag }) => ({
  inventory: render(userTag, await giveUserTag(on, await taggedBy(on, resourceType, resourceUuid), tag)),
}));

async function systemRow(on: Doing, uuid: string): Promise<RowOf<typeof systemTag> | undefined> {
  const query = tables(on).selectFrom('system_tag').selectAll().where('uuid', '=', uuid);
  const stored = await query.executeTakeFirst();
  return stored === undefined ? undefined : rowOf(systemTag, stored);
}

const update = serves(updateSystemTag, async (on, { uuid, tag }) => {
  const row = await systemRow(on, uuid);
  if (row === undefined) throw notThere(systemTag.vo, uuid);
  if (row.inherent) throw inherent();
  const of = resourceOf(on, row.resourceType);
  if (of !== undefined) checkSystemTag(of, tag);
  await forgetSecretOf(on.database, row.resourceUuid, row.tag);
  await keepSecretOf(on, row.resourceUuid, tag);
  const next = { tag: shownTag(tag), lastOpDate: on.now };
  await tables(on).updateTable('system_tag').set(next).where('uuid', '=', uuid).execute();
  return { inventory: render(systemTag, { ...row, ...next }) };
});

const remove = serves(deleteTag, async (on, { uuid }) => {
  const row = await systemRow(on, uuid);
  if (row?.inherent) throw inherent();
  if (row !== undefined) await forgetSecretOf(on.database, row.resourceUuid, row.tag);
  const deleted = [
    await tables(on).deleteFrom('system_tag').where('uuid', '=', uuid).executeTakeFirst(),
    await tables(on).deleteFrom('user_tag').where('uuid', '=', uuid).executeTakeFirst(),
  ];
  if (deleted.every(({ numDeletedRows }) => numDeletedRows === 0n)) throw notThere('TagVO', uuid);
  return {};
});

const inherent = (): Fault =>
  new Fault('conflict', say('the system gave that tag for good', '该标签由系统固定设置'));

export const tagCalls = [createSystem, createUser, update, remove];
