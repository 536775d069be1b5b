import { Fault } from '../../../api/fault.ts';
import { issueWords } from '../../../api/issue-words.ts';
import { say } from '../../../api/words.ts';
import { startPxe } from '../../../node/bare-metal/schema/pxe.ts';
import { query } from '../../calls/ask.ts';
import { create, update } from '../../calls/change.ts';
import { type Catalogue, carries, type Doing, newUuid, type Served, serves } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import { badField, Refusal } from '../../define/refusal.ts';
import { flow, type Step } from '../../jobs/flow.ts';
import { managerOf } from '../host/manager.ts';
import type { HostLinks } from '../host/run.ts';
import { endOnNode, refreshStatus, serveOnNode, untold } from './on-node.ts';
import {
  baremetalPxeServer,
  createBaremetalPxeServer,
  deleteBaremetalPxeServer,
  queryBaremetalPxeServer,
  startBaremetalPxeServer,
  stopBaremetalPxeServer,
  updateBaremetalPxeServer,
} from './resource.ts';
import { type PxeRow, pxeRow, pxeTables, toldPxe, writeStatus } from './rows.ts';

/** A server as the steps of its jobs carry it along. */
interface Serving {
  readonly row: PxeRow;
  /** What its node serves, as far as it was not said. */
  readonly served?: Partial<PxeRow> | undefined;
}

const serve: Step<Serving> = {
  name: 'have its node serve it',
  run: async ({ row }, { order }) => ({ served: await serveOnNode(row, order) }),
  record: (database, { row, served }, now) => writeStatus(database, row.uuid, 'Running', now, served),
  undo: ({ row }, { order }) => endOnNode(row, order).catch(untold),
};

const end: Step<Serving> = {
  name: 'end it on its node',
  run: ({ row }, { order }) => endOnNode(row, order).then(() => undefined),
  record: (database, { row }, now) => writeStatus(database, row.uuid, 'Stopped', now),
};

const nothing = () => ({});

const creating = flow<Serving>({
  name: 'CreateBaremetalPxeServer',
  steps: [
    {
      name: 'write it down',
      async forget(database, { row }) {
        await pxeTables(database).deleteFrom('baremetal_pxe_server').where('uuid', '=', row.uuid).execute();
      },
    },
    serve,
  ],
  answer: ({ row }, database) => toldPxe(database, row.uuid),
});

const starting = flow<Serving>({ name: 'StartBaremetalPxeServer', steps: [serve], answer: nothing });
const stopping = flow<Serving>({ name: 'StopBaremetalPxeServer', steps: [end], answer: nothing });

const deleting = (catalogue: Catalogue) =>
  flow<Serving>({
    name: 'DeleteBaremetalPxeServer',
    steps: [
      end,
      {
        name: 'forget it',
        record: (database, { row }) => removeWith({ database, catalogue }, baremetalPxeServer, row.uuid),
      },
    ],
    answer: nothing,
  });

const found = async ({ database }: Doing, { uuid }: { readonly uuid: string }): Promise<Serving> => ({
  row: await pxeRow(database, uuid),
});

/** One of them: two would answer the same machines. */
async function checkOnly({ database }: Doing): Promise<void> {
  const other = await pxeTables(database)
    .selectFrom('baremetal_pxe_server')
    .select('name')
    .executeTakeFirst();
  if (other !== undefined)
    throw new Refusal(
      'BAREMETAL.1402',
      'conflict',
      say(`there is one already: ${other.name}`, `已存在：${other.name}`),
    );
}

/** Names of what a node is asked for, as clients know them. */
const FIELDS: Readonly<Record<string, string>> = {
  nic: 'dhcpInterface',
  first: 'dhcpRangeBegin',
  last: 'dhcpRangeEnd',
  netmask: 'dhcpRangeNetmask',
};

type Range = Pick<PxeRow, 'dhcpInterface'> & {
  readonly [K in 'dhcpRangeBegin' | 'dhcpRangeEnd' | 'dhcpRangeNetmask']?: string | null | undefined;
};

/** Throws `usage` that names the field, before its node is asked. */
function checkRange(wanted: Range): void {
  const input = Object.fromEntries(
    Object.entries(FIELDS).map(([name, field]) => [name, wanted[field as keyof Range] ?? undefined]),
  );
  const issue = startPxe.input.safeParse(input).error?.issues[0];
  if (issue !== undefined)
    throw badField(FIELDS[String(issue.path[0])] ?? 'dhcpInterface', issueWords(issue));
}

async function begun(on: Doing, links: HostLinks, params: Record<string, unknown> & Range): Promise<Serving> {
  await checkOnly(on);
  checkRange(params);
  const uuid = newUuid();
  const more = { resourceUuid: uuid, status: 'Stopped', hostUuid: managerOf(links) };
  await create(baremetalPxeServer)(on, { ...params, ...more });
  return { row: await pxeRow(on.database, uuid) };
}

/** The addresses are changed while nobody is served. */
async function changed(on: Doing, links: HostLinks, uuid: string, range: Partial<Range>): Promise<void> {
  const given = Object.fromEntries(Object.entries(range).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return;
  await refreshStatus(on, links);
  const row = await pxeRow(on.database, uuid);
  if (row.status !== 'Stopped') throw notNow(row.status);
  checkRange({ ...row, ...given });
}

const notNow = (status: string): Fault =>
  new Fault(
    'conflict',
    say(
      `it is ${status}: its addresses change while it is Stopped`,
      `状态为 ${status}：只能在 Stopped 时更改地址`,
    ),
    { next: say('StopBaremetalPxeServer first', '请先执行 StopBaremetalPxeServer') },
  );

export const pxeServerCalls = (catalogue: Catalogue, links: HostLinks): Served[] => [
  carries(createBaremetalPxeServer, creating, (on, params) => begun(on, links, params)),
  carries(startBaremetalPxeServer, starting, found),
  carries(stopBaremetalPxeServer, stopping, found),
  carries(deleteBaremetalPxeServer, deleting(catalogue), found),
  serves(updateBaremetalPxeServer, async (on, params) => {
    const { uuid, dhcpRangeBegin, dhcpRangeEnd, dhcpRangeNetmask } = params;
    await pxeRow(on.database, uuid);
    await changed(on, links, uuid, { dhcpRangeBegin, dhcpRangeEnd, dhcpRangeNetmask });
    return update(baremetalPxeServer)(on, params);
  }),
  serves(queryBaremetalPxeServer, async (on, params) => {
    await refreshStatus(on, links);
    return query(baremetalPxeServer)(on, params);
  }),
];
