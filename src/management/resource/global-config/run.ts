import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import { render } from '../../calls/render.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { getGlobalConfig, globalConfig, updateGlobalConfig } from './resource.ts';
import { SETTINGS, settingOf } from './settings/all.ts';
import { settingProblem } from './settings/check.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof globalConfig>>();

const LONGEST = 2048;

/** Rows of all settings as they are defined. */
const defined = () =>
  Object.entries(SETTINGS).flatMap(([category, settings]) =>
    Object.entries(settings).map(([name, setting]) => ({
      ...{ category, name, description: setting.description, defaultValue: setting.default },
      value: setting.default,
    })),
  );

/** Makes a row of each setting; values that were set stay, one that still is the default follows it. */
export async function ensureSettings(database: Kysely<object>): Promise<void> {
  const rows = await tables(database).selectFrom('global_config').selectAll().execute();
  const there = new Map(rows.map((row) => [`${row.category} ${row.name}`, row]));
  const missing = [];
  for (const row of defined()) {
    const old = there.get(`${row.category} ${row.name}`);
    if (old === undefined) missing.push(row);
    else if (old.defaultValue !== row.defaultValue || old.description !== row.description)
      await write(database, row, { ...row, value: old.value === old.defaultValue ? row.value : old.value });
  }
  if (missing.length > 0) await tables(database).insertInto('global_config').values(missing).execute();
}

interface Named {
  readonly category: string;
  readonly name: string;
}

const write = (database: Kysely<object>, { category, name }: Named, values: object) =>
  tables(database)
    .updateTable('global_config')
    .set(values)
    .where('category', '=', category)
    .where('name', '=', name)
    .execute();

async function row({ database }: Doing, { category, name }: Named) {
  const found = await tables(database)
    .selectFrom('global_config')
    .selectAll()
    .where('category', '=', category)
    .where('name', '=', name)
    .executeTakeFirst();
  if (found === undefined)
    throw badField('name', say(`there is no setting ${category} ${name}`, `没有设置 ${category} ${name}`));
  return found;
}

/** A setting's number as it is now. Settings are numbers of the definitions. */
export const numberOf = async (database: Kysely<object>, category: string, name: string): Promise<number> =>
  Number(await textOf(database, category, name));

/** A setting as it is now. */
export async function textOf(database: Kysely<object>, category: string, name: string): Promise<string> {
  const { value } = await tables(database)
    .selectFrom('global_config')
    .select('value')
    .where('category', '=', category)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return value;
}

const update = serves(updateGlobalConfig, async (on, { value, ...named }) => {
  const old = await row(on, named);
  const setting = settingOf(old.category, old.name);
  if (value === undefined || setting === undefined) throw badField('value', say('is missing', '缺少该字段'));
  if (value.length > LONGEST) throw badField('value', say('is too long', '太长'));
  const words = settingProblem(setting, value);
  if (words !== undefined) throw badField('value', words);
  await write(on.database, old, { value });
  return { inventory: render(globalConfig, { ...old, value }) };
});

const get = serves(getGlobalConfig, async (on, named) => ({
  inventory: render(globalConfig, await row(on, named)),
}));

export const globalConfigCalls = [update, get];
