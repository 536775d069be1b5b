import { query } from '../../calls/ask.ts';
import { type Catalogue, type Served, serves } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import { keepSealed } from '../../secrets/kept.ts';
import {
  baremetalChassis,
  deleteBaremetalChassis,
  queryBaremetalChassis,
} from '../baremetal-chassis/resource.ts';
import { chassisRow } from '../baremetal-chassis/rows.ts';
import { baremetalHostCfg, deleteBaremetalHostCfg } from '../baremetal-host-cfg/resource.ts';
import { hostCfgRow, ROOT_PASSWORD } from '../baremetal-host-cfg/rows.ts';
import type { HostLinks } from '../host/run.ts';
import { forgetOnNode, refreshProvisioned } from './on-node.ts';
import { provisionCall } from './provision.ts';

/** Machines that are installed over the network, and how what is laid out for them goes. */
export const provisionCalls = (catalogue: Catalogue, links: HostLinks): Served[] => [
  provisionCall(links),
  serves(deleteBaremetalHostCfg, async (on, { uuid }) => {
    const { database } = on;
    const { chassisUuid } = await hostCfgRow(database, uuid);
    await forgetOnNode(on, links, chassisUuid);
    await keepSealed(database, chassisUuid, ROOT_PASSWORD, undefined);
    await removeWith({ database, catalogue }, baremetalHostCfg, uuid);
    return {};
  }),
  serves(deleteBaremetalChassis, async (on, { uuid }) => {
    const { database } = on;
    await chassisRow(database, uuid);
    await forgetOnNode(on, links, uuid);
    await removeWith({ database, catalogue }, baremetalChassis, uuid);
    return {};
  }),
  serves(queryBaremetalChassis, async (on, params) => {
    await refreshProvisioned(on, links);
    return query(baremetalChassis)(on, params);
  }),
];
