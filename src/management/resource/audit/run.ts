import type { Kysely } from 'kysely';
import type { AuditEnd, AuditEntry } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import type { account } from '../account/resource.ts';
import { shownTag } from '../tag/secret-tags.ts';
import type { audit } from './resource.ts';

const LONGEST_PARAMETERS = 8_192;
const CUT = '…';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof audit | typeof account>>();

/** A client may send anything; a reader wants to know what it was about. */
const shortened = (text: string): string =>
  text.length <= LONGEST_PARAMETERS ? text : `${text.slice(0, LONGEST_PARAMETERS - CUT.length)}${CUT}`;

async function nameOf(database: Kysely<object>, uuid: string | null): Promise<string | null> {
  if (uuid === null) return null;
  const query = tables(database).selectFrom('account').select('name').where('uuid', '=', uuid);
  return (await query.executeTakeFirst())?.name ?? null;
}

/** How an entry ends, as its columns have it; nothing while what it is about runs. */
const endOf = (end: AuditEnd | undefined) => ({
  state:
    end === undefined
      ? ('Running' as const)
      : end.error === undefined
        ? ('Succeeded' as const)
        : ('Failed' as const),
  errorCode: end?.error?.code ?? null,
  errorDetails: end?.error?.details ?? null,
  finishDate: end === undefined ? null : Date.now(),
});

/** Tags are texts, and some hold a secret. */
const withoutSecrets = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? shownTag(value) : value;

/** Entries of the audit. Secrets among the parameters are such in the code, and write themselves as `***`. */
export const AUDITING = {
  async add(database: Kysely<object>, entry: AuditEntry, end: AuditEnd | undefined): Promise<void> {
    const { parameters, session, accountName, ...rest } = entry;
    const accountUuid = session?.accountUuid ?? null;
    const row = {
      ...rest,
      ...endOf(end),
      accountUuid,
      accountName: accountName ?? (await nameOf(database, accountUuid)),
      userUuid: session?.userUuid ?? null,
      resourceUuid: end?.resourceUuid ?? entry.resourceUuid ?? null,
      parameters: shortened(JSON.stringify(parameters, withoutSecrets)),
    };
    await tables(database).insertInto('audit').values(row).execute();
  },

  async end(database: Kysely<object>, uuid: string, end: AuditEnd): Promise<void> {
    const { resourceUuid } = end;
    const made = resourceUuid === undefined ? {} : { resourceUuid };
    await tables(database)
      .updateTable('audit')
      .set({ ...endOf(end), ...made })
      .where('uuid', '=', uuid)
      .execute();
  },
};
