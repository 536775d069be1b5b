import type { Api } from '../define/api.ts';
import type { Resource } from '../define/resource.ts';
import { account, accountApis } from './account/resource.ts';
import { sessionApis } from './account/session.ts';
import { cluster, clusterApis } from './cluster/resource.ts';
import { globalConfig, globalConfigApis } from './global-config/resource.ts';
import { managementNode, managementNodeApis } from './management-node/resource.ts';
import { systemTag, tagApis, userTag } from './tag/resource.ts';
import { zone, zoneApis } from './zone/resource.ts';

/** What this version knows, as data: servers carry it out, clients ask for it. */
export const RESOURCES: readonly Resource[] = [
  zone,
  cluster,
  account,
  managementNode,
  globalConfig,
  systemTag,
  userTag,
];

export const APIS = [
  ...zoneApis,
  ...clusterApis,
  ...accountApis,
  ...sessionApis,
  ...managementNodeApis,
  ...globalConfigApis,
  ...tagApis,
] as readonly Api[];
