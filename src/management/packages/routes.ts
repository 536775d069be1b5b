import type { Kysely } from 'kysely';
import { z } from 'zod';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { PackageOffer } from '../../node/follow/schema.ts';
import type { TablesOf } from '../define/table.ts';
import { parsed } from '../link/body.ts';
import { sendFile } from '../link/send-file.ts';
import { answer, type Route } from '../link/server.ts';
import type { host } from '../resource/host/resource.ts';
import type { OwnPackages } from './find.ts';

const version = z.string().regex(/^\d{1,9}(\.\d{1,9}){1,3}$/, 'is no version');
const names = z
  .string()
  .regex(/^zs-[a-z-]+(,zs-[a-z-]+){0,9}$/, 'are no names of packages')
  .transform((text) => text.split(','));
const question = z.object({ format: z.enum(['deb', 'rpm']), names, version: version.optional() });

interface Parts {
  readonly database: Kysely<object>;
  /** Of this service. */
  readonly version: string;
  readonly packages: OwnPackages;
}

/** What one host may take until the next one's turn comes, whatever became of it. */
const TURN_MILLISECONDS = 20 * 60_000;

/** Packages of this service's version for its hosts, which follow it one at a time. */
export function packageRoutes({ database, version: own, packages }: Parts): Route[] {
  let turn: { host: string; until: number } | undefined;
  return [
    {
      ...{ method: 'GET', path: /^\/packages$/ },
      async handle({ request, response }) {
        const { searchParams } = new URL(request.url ?? '/', 'https://link');
        const wanted = parsed(question, Object.fromEntries(searchParams));
        const found = await packages.find(wanted.format, wanted.names, wanted.version ?? own);
        answer(response, 200, { version: own, ...found } satisfies PackageOffer);
      },
    },
    {
      ...{ method: 'GET', path: /^\/packages\/([\w.-]+)$/ },
      handle: async ({ request, response, groups: [file = ''] }) =>
        sendFile(request, response, await packages.pathOf(file)),
    },
    {
      ...{ method: 'POST', path: /^\/packages\/turn$/ },
      async handle({ response, host: asking = '' }) {
        const now = performance.now();
        const other = turn !== undefined && turn.host !== asking && turn.until > now ? turn.host : undefined;
        if (other !== undefined && (await isAtWork(database, other, own))) throw notYet();
        turn = { host: asking, until: now + TURN_MILLISECONDS };
        answer(response, 200, {});
      },
    },
  ];
}

/** Not any more once it has this version, or has told why it does not. */
async function isAtWork(database: Kysely<object>, uuid: string, own: string): Promise<boolean> {
  const rows = database.withTables<TablesOf<typeof host>>().selectFrom('host');
  const row = await rows.select(['version', 'why', 'status']).where('uuid', '=', uuid).executeTakeFirst();
  if (row === undefined) return false;
  const told = row.status === 'Connected' && row.why !== null;
  return row.version !== own && !told;
}

const notYet = (): Fault =>
  new Fault('conflict', say('another host is on its way to this version', '另一台主机正在更新到该版本'));
