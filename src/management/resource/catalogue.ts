import type { Catalogue, Served } from '../calls/doing.ts';
import { standard } from '../calls/standard.ts';
import type { Table } from '../define/table.ts';
import type { Flow } from '../jobs/flow.ts';
import { job } from '../jobs/row.ts';
import { sessionCalls } from './account/log-in.ts';
import { accountCalls } from './account/run.ts';
import { session, wrongLogIns } from './account/session.ts';
import { APIS, RESOURCES } from './definitions.ts';
import { globalConfigCalls } from './global-config/run.ts';
import { managementNodeCalls, type ThisNode } from './management-node/run.ts';
import { tagCalls } from './tag/run.ts';
import { TAGGING } from './tag/tags.ts';

/** Every table; one that others refer to stands before them. */
export const TABLES: readonly Table[] = [...RESOURCES, session, wrongLogIns, job];

/** All resources and APIs with what carries them out. */
export function catalogueOf(node: ThisNode): Catalogue {
  const own = [
    ...accountCalls,
    ...sessionCalls,
    ...managementNodeCalls(node),
    ...globalConfigCalls,
    ...tagCalls,
  ];
  const served = APIS.map(
    (api): Served => own.find((call) => call.api.message === api.message) ?? standard(api),
  );
  return {
    resources: RESOURCES,
    tagging: TAGGING,
    apis: new Map(served.map((each) => [each.api.message, each])),
  };
}

/** The flows of all calls that have one. */
export const flowsOf = ({ apis }: Catalogue): Flow[] =>
  [...apis.values()].flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
