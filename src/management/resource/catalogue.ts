import type { Catalogue, Served } from '../calls/doing.ts';
import { standard } from '../calls/standard.ts';
import type { Table } from '../define/table.ts';
import type { Flow } from '../jobs/flow.ts';
import { job } from '../jobs/row.ts';
import { sealedSecret } from '../secrets/kept.ts';
import type { Vault } from '../secrets/vault.ts';
import { sessionCalls } from './account/log-in.ts';
import { accountCalls } from './account/run.ts';
import { session, wrongLogIns } from './account/session.ts';
import { whoseCalls } from './account/whose.ts';
import { AUDITING } from './audit/run.ts';
import type { ImageFiles } from './backup-storage/files.ts';
import { backupStorageCalls } from './backup-storage/run.ts';
import { chassisCalls } from './baremetal-chassis/run.ts';
import { createHostCfgCall } from './baremetal-host-cfg/run.ts';
import { provisionCalls } from './baremetal-provision/run.ts';
import { pxeServerCalls } from './baremetal-pxe-server/run.ts';
import { type Consoles, consoleCalls } from './console/run.ts';
import { APIS, RESOURCES } from './definitions.ts';
import { diskOfferingCalls } from './disk-offering/run.ts';
import { globalConfigCalls } from './global-config/run.ts';
import { hostCapacityCalls } from './host/capacity.ts';
import { type HostLinks, hostCalls, NO_LINKS } from './host/run.ts';
import { addImageCall } from './image/add.ts';
import type { Parts as ImageParts } from './image/parts.ts';
import { removeImageCalls } from './image/remove.ts';
import { instanceOfferingCalls } from './instance-offering/run.ts';
import { ipRangeLooks } from './ip-range/look.ts';
import { ipRangeCalls } from './ip-range/run.ts';
import { l2Calls } from './l2/run.ts';
import { mtuCalls } from './l3/mtu.ts';
import { l3Calls } from './l3/run.ts';
import { localStorageCalls } from './local-storage/run.ts';
import { managementNodeCalls, type ThisNode } from './management-node/run.ts';
import { networkServiceCalls } from './network-service/run.ts';
import { networkServiceRefCalls } from './network-service-ref/run.ts';
import { ACCESS } from './owner/access.ts';
import { ownerCalls } from './owner/run.ts';
import { primaryStorageCalls } from './primary-storage/run.ts';
import { tagCalls } from './tag/run.ts';
import { TAGGING } from './tag/tags.ts';
import { userCalls } from './user/run.ts';
import { actCalls } from './vm/act.ts';
import { consolePasswordCalls } from './vm/console-password.ts';
import { createVmCall } from './vm/create.ts';
import { endCalls } from './vm/destroy.ts';
import { detachCalls } from './vm/detach.ts';
import { vmSettingCalls } from './vm/settings.ts';
import { startVmCall } from './vm/start.ts';
import { updateVmCall } from './vm/update.ts';
import { volumeCalls } from './volume/run.ts';

/** Every table; one that others refer to stands before them. */
export const TABLES: readonly Table[] = [
  // A kind stands in the table of what it is a kind of.
  ...RESOURCES.filter(({ kindOf }) => kindOf === undefined),
  ...[session, wrongLogIns, job, sealedSecret],
];

/** What of this service calls work with. */
export interface OfService {
  readonly node: ThisNode;
  readonly files: ImageFiles;
  readonly links?: HostLinks;
  readonly consoles: Consoles;
  readonly vault: Vault;
}

/** All resources and APIs with what carries them out. */
export function catalogueOf({ node, files, links = NO_LINKS, consoles, vault }: OfService): Catalogue {
  const apis = new Map<string, Served>();
  const catalogue: Catalogue = {
    resources: RESOURCES,
    tagging: TAGGING,
    auditing: AUDITING,
    access: ACCESS,
    vault,
    apis,
  };
  const own = [
    ...CALLS,
    ...managementNodeCalls(node),
    ...hostCalls(links),
    ...consoleCalls(consoles),
    ...fileCalls({ files, catalogue, links }),
    ...vmCalls(catalogue, links),
    ...pxeServerCalls(catalogue, links),
    ...chassisCalls(links),
    ...provisionCalls(catalogue, links),
  ];
  for (const api of APIS)
    apis.set(api.message, own.find((call) => call.api.message === api.message) ?? standard(api));
  return catalogue;
}

const fileCalls = (parts: ImageParts): Served[] => [
  ...backupStorageCalls(parts.files),
  addImageCall(parts),
  ...removeImageCalls(parts),
];

const vmCalls = (catalogue: Catalogue, links: HostLinks): Served[] => [
  createVmCall(catalogue),
  ...endCalls(catalogue, links),
  ...detachCalls(links),
];

const CALLS: readonly Served[] = [
  ...accountCalls,
  ...sessionCalls,
  ...globalConfigCalls,
  ...instanceOfferingCalls,
  ...diskOfferingCalls,
  ...l2Calls,
  ...l3Calls,
  ...mtuCalls,
  ...ipRangeCalls,
  ...ipRangeLooks,
  ...networkServiceCalls,
  ...networkServiceRefCalls,
  ...primaryStorageCalls,
  ...localStorageCalls,
  ...ownerCalls,
  ...whoseCalls,
  ...hostCapacityCalls,
  ...volumeCalls,
  ...userCalls,
  ...actCalls,
  ...consolePasswordCalls,
  ...vmSettingCalls,
  startVmCall,
  updateVmCall,
  createHostCfgCall,
  ...tagCalls,
];

/** The flows of all calls that have one. */
export const flowsOf = ({ apis }: Catalogue): Flow[] =>
  [...apis.values()].flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
