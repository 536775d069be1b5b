import type { Kysely } from 'kysely';
import type { RowOf, TablesOf } from '../../define/table.ts';
import type { managementNode } from '../management-node/resource.ts';
import type { consoleProxyAgent } from './resource.ts';

type AgentRow = RowOf<typeof consoleProxyAgent>;

const agents = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof consoleProxyAgent | typeof managementNode>>();

/** The row of a service that begins. */
export async function enterAgent(
  database: Kysely<object>,
  given: Pick<AgentRow, 'uuid' | 'managementIp' | 'consoleProxyOverriddenIp' | 'status'>,
): Promise<void> {
  const now = Date.now();
  const fixed = { type: 'ManagementServerConsoleProxy', state: 'Enabled', description: null } as const;
  await agents(database)
    .insertInto('console_proxy_agent')
    .values({ ...given, ...fixed, createDate: now, lastOpDate: now })
    .execute();
}

export async function writeAgentStatus(
  database: Kysely<object>,
  uuid: string,
  status: AgentRow['status'],
): Promise<void> {
  const query = agents(database).updateTable('console_proxy_agent').set({ status, lastOpDate: Date.now() });
  await query.where('uuid', '=', uuid).execute();
}

/** Which of these are there; all without a list. */
export async function agentsOf(
  database: Kysely<object>,
  uuids: readonly string[] | undefined,
): Promise<string[]> {
  let query = agents(database).selectFrom('console_proxy_agent').select('uuid');
  if (uuids !== undefined) query = query.where('uuid', 'in', uuids);
  return (await query.execute()).map(({ uuid }) => uuid);
}

export async function leaveAgent(database: Kysely<object>, uuid: string): Promise<void> {
  await agents(database).deleteFrom('console_proxy_agent').where('uuid', '=', uuid).execute();
}

/** Removes those whose service is not there any more. */
export async function clearAgents(database: Kysely<object>): Promise<void> {
  const living = agents(database).selectFrom('management_node').select('uuid');
  await agents(database).deleteFrom('console_proxy_agent').where('uuid', 'not in', living).execute();
}
