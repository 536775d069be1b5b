import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { issueWords } from '../../../api/issue-words.ts';
import { say } from '../../../api/words.ts';
import { machineName } from '../../../node/bare-metal/schema/install.ts';
import {
  forgetProvisioned,
  provisionMachine,
  readProvisioned,
} from '../../../node/bare-metal/schema/provision.ts';
import { type Answer, carries, type Doing, type Served } from '../../calls/doing.ts';
import { Refusal } from '../../define/refusal.ts';
import { flow, type Step } from '../../jobs/flow.ts';
import { sealedOf } from '../../secrets/kept.ts';
import { bmcOf } from '../baremetal-chassis/login.ts';
import { provisionBaremetalHost } from '../baremetal-chassis/resource.ts';
import {
  chassisRow,
  type Reached,
  reachedFrom,
  toldChassis,
  writeChassisStatus,
} from '../baremetal-chassis/rows.ts';
import { cfgOfChassis, type HostCfgRow, ROOT_PASSWORD, readNetwork } from '../baremetal-host-cfg/rows.ts';
import { siteOf } from '../baremetal-host-cfg/site.ts';
import { mustServe, untold } from '../baremetal-pxe-server/on-node.ts';
import { onlyPxe, type PxeRow } from '../baremetal-pxe-server/rows.ts';
import type { HostLinks } from '../host/run.ts';
import { byHost } from '../vm/by-host.ts';
import { moveTo } from './on-node.ts';

/** A chassis that is installed, as the steps of its job carry it along. */
interface Provisioning extends Reached {
  readonly pxe: PxeRow;
  readonly cfg: HostCfgRow;
  readonly site: ReturnType<typeof siteOf>;
  /** Root's password, sealed. */
  readonly root: string | undefined;
}

/** Its BMC is asked three times, and is slow to answer. */
const SECONDS = 180;

const look: Step<Provisioning> = {
  name: 'look whether it may be installed',
  async run({ row: { uuid, name, status }, host, pxe }, { order }) {
    await mustServe(pxe, order);
    const states = await order(host, readProvisioned, { chassis: [uuid] }, { resource: uuid });
    if (status === 'Provisioned' || (status === 'Provisioning' && states[uuid] === 'installed'))
      throw isInstalled(name);
    return undefined;
  },
};

const install: Step<Provisioning> = {
  name: 'have its node install it',
  async run({ row, host, sealed, cfg, site, root }, { order }) {
    const { firmware } = cfg;
    const input = {
      ...{ chassis: row.uuid, name: row.name, bmc: bmcOf(row), firmware, ...site },
      ...{ unattended: cfg.unattended !== 0, vnc: cfg.vnc !== 0 },
    };
    const secrets = { 'bmc.password': sealed, rootPassword: root };
    const more = { resource: row.uuid, seconds: SECONDS, sealed: secrets };
    const not = say('its node could not have it installed', '节点未能安装该机器');
    await byHost('BAREMETAL.1304', not, () => order(host, provisionMachine, input, more));
    return undefined;
  },
  /** A host configuration that is gone by now has the node forget it. */
  async record(database, { row, cfg }, now) {
    if ((await cfgOfChassis(database, row.uuid))?.uuid === cfg.uuid)
      await writeChassisStatus(database, row.uuid, { to: 'Provisioning' }, now);
  },
  undo: ({ row: { uuid }, host }, { order }) =>
    order(host, forgetProvisioned, { chassis: uuid }, { resource: uuid }).catch(untold),
  forget: (database, { row }, now) => writeChassisStatus(database, row.uuid, { to: 'Unprovisioned' }, now),
};

const provisioning = flow<Provisioning>({
  name: 'ProvisionBaremetalHost',
  steps: [look, install],
  answer: ({ row }, database) => toldChassis(database, row.uuid).catch<Answer>(goneMeanwhile),
});

/** Whoever deleted it knows. */
function goneMeanwhile(thrown: unknown): Answer {
  if (Fault.from(thrown).kind !== 'notFound') throw thrown;
  return {};
}

async function begun(on: Doing, links: HostLinks, uuid: string): Promise<Provisioning> {
  const { database } = on;
  const cfg = await mustHaveCfg(database, uuid);
  const pxe = await onlyPxe(database);
  const found = await reachedFrom(database, pxe.hostUuid, uuid);
  checkHostname(found.row.name);
  const site = siteOf(await readNetwork(database, cfg.uuid));
  await moveTo(on, links, cfg, pxe.hostUuid);
  return { ...found, pxe, cfg, site, root: await sealedOf(database, uuid, ROOT_PASSWORD) };
}

async function mustHaveCfg(database: Kysely<object>, chassis: string): Promise<HostCfgRow> {
  await chassisRow(database, chassis);
  const cfg = await cfgOfChassis(database, chassis);
  if (cfg !== undefined) return cfg;
  throw new Refusal(
    'BAREMETAL.1200',
    'notFound',
    say(`chassis ${chassis} has no host configuration`, `机箱 ${chassis} 没有主机配置`),
    { next: say('CreateBaremetalHostCfg first', '请先执行 CreateBaremetalHostCfg') },
  );
}

/** A chassis may have any name; what is installed there has it as its own. */
function checkHostname(name: string): void {
  const issue = machineName.safeParse(name).error?.issues[0];
  if (issue === undefined) return;
  const words = issueWords(issue);
  throw new Refusal(
    'BAREMETAL.1304',
    'conflict',
    say(
      `the chassis' name becomes the machine's hostname, and "${name}" ${words.en}`,
      `机箱名称将成为机器的主机名，而“${name}”${words.zh}`,
    ),
    { field: 'name', next: say('UpdateBaremetalChassis name', '请用 UpdateBaremetalChassis 修改 name') },
  );
}

/** Its disks would be wiped. */
const isInstalled = (name: string): Refusal =>
  new Refusal('BAREMETAL.1304', 'conflict', say(`${name} is installed already`, `${name} 已安装`), {
    next: say(
      'to wipe it: UpdateBaremetalChassis status=Unprovisioned first',
      '如要清除并重装：请先执行 UpdateBaremetalChassis status=Unprovisioned',
    ),
  });

export const provisionCall = (links: HostLinks): Served =>
  carries(provisionBaremetalHost, provisioning, (on, { chassisUuid }) => begun(on, links, chassisUuid));
