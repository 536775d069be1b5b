import { say } from '../../../api/words.ts';

/** Where something is done with a machine that is installed over the API: not on its node. */
export const OVER_API = say(
  'switched and removed over the API: zstack-cli DeleteBaremetalHostCfg',
  '电源控制与移除须通过 API：zstack-cli DeleteBaremetalHostCfg',
);

/** What follows where the installation of such a machine is cancelled on its node. */
export const CLUSTER_NOT_TOLD = say(
  'The cluster is not told: provision it again there, or delete its host configuration.',
  '集群不会收到通知：请在集群中重新部署，或删除其主机配置。',
);
