import type { Api } from '../define/api.ts';
import type { Resource } from '../define/resource.ts';
import { account, accountApis } from './account/resource.ts';
import { sessionApis } from './account/session.ts';
import { audit, auditApis } from './audit/resource.ts';
import {
  backupStorage,
  backupStorageApis,
  backupStorageZoneRef,
  sftpBackupStorage,
} from './backup-storage/resource.ts';
import {
  baremetalChassis,
  baremetalChassisApis,
  baremetalHardwareInfo,
} from './baremetal-chassis/resource.ts';
import {
  baremetalHostBonding,
  baremetalHostCfg,
  baremetalHostCfgApis,
  baremetalHostNicCfg,
} from './baremetal-host-cfg/resource.ts';
import { baremetalPxeServer, baremetalPxeServerApis } from './baremetal-pxe-server/resource.ts';
import { cluster, clusterApis } from './cluster/resource.ts';
import { consoleApis, consoleProxyAgent } from './console/resource.ts';
import { diskOffering, diskOfferingApis } from './disk-offering/resource.ts';
import { globalConfig, globalConfigApis } from './global-config/resource.ts';
import { host, hostApis, kvmHost } from './host/resource.ts';
import { image, imageApis, imageBackupStorageRef } from './image/resource.ts';
import { instanceOffering, instanceOfferingApis } from './instance-offering/resource.ts';
import { ipRange, ipRangeApis, usedIp } from './ip-range/resource.ts';
import { l2Apis, l2Network, l2NetworkClusterRef, l2VlanNetwork } from './l2/resource.ts';
import { l3Apis, l3Network, l3NetworkDns } from './l3/resource.ts';
import { localStorageApis, localStorageResourceRef, localStorageShare } from './local-storage/resource.ts';
import { managementNode, managementNodeApis } from './management-node/resource.ts';
import {
  networkServiceApis,
  networkServiceProvider,
  networkServiceProviderL2NetworkRef,
  networkServiceType,
} from './network-service/resource.ts';
import { networkServiceL3NetworkRef, networkServiceRefApis } from './network-service-ref/resource.ts';
import { accountResourceRef, ownerApis, sharedResource } from './owner/resource.ts';
import { primaryStorage, primaryStorageApis, primaryStorageClusterRef } from './primary-storage/resource.ts';
import { systemTag, tagApis, userTag } from './tag/resource.ts';
import { user, userApis } from './user/resource.ts';
import { vmApis, vmInstance } from './vm/resource.ts';
import { vmNic, vmNicApis } from './vm-nic/resource.ts';
import { volume, volumeApis } from './volume/resource.ts';
import { zone, zoneApis } from './zone/resource.ts';

/** What this version knows, as data: servers carry it out, clients ask for it. */
export const RESOURCES: readonly Resource[] = [
  zone,
  cluster,
  host,
  kvmHost,
  account,
  user,
  accountResourceRef,
  sharedResource,
  managementNode,
  consoleProxyAgent,
  globalConfig,
  instanceOffering,
  diskOffering,
  l2Network,
  l2VlanNetwork,
  l2NetworkClusterRef,
  l3Network,
  l3NetworkDns,
  ipRange,
  networkServiceProvider,
  networkServiceType,
  networkServiceProviderL2NetworkRef,
  networkServiceL3NetworkRef,
  primaryStorage,
  primaryStorageClusterRef,
  localStorageShare,
  localStorageResourceRef,
  backupStorage,
  sftpBackupStorage,
  backupStorageZoneRef,
  image,
  imageBackupStorageRef,
  vmInstance,
  vmNic,
  usedIp,
  volume,
  baremetalPxeServer,
  baremetalChassis,
  baremetalHardwareInfo,
  baremetalHostCfg,
  baremetalHostNicCfg,
  baremetalHostBonding,
  systemTag,
  userTag,
  audit,
];

export const APIS = [
  ...zoneApis,
  ...clusterApis,
  ...hostApis,
  ...accountApis,
  ...userApis,
  ...ownerApis,
  ...sessionApis,
  ...managementNodeApis,
  ...consoleApis,
  ...globalConfigApis,
  ...instanceOfferingApis,
  ...diskOfferingApis,
  ...l2Apis,
  ...l3Apis,
  ...ipRangeApis,
  ...networkServiceApis,
  ...networkServiceRefApis,
  ...primaryStorageApis,
  ...localStorageApis,
  ...backupStorageApis,
  ...imageApis,
  ...vmApis,
  ...vmNicApis,
  ...volumeApis,
  ...baremetalPxeServerApis,
  ...baremetalChassisApis,
  ...baremetalHostCfgApis,
  ...tagApis,
  ...auditApis,
] as readonly Api[];
