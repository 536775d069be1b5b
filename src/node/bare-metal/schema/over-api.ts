import { say } from '../../../api/words.ts';

/** Where something is done with a machine that is installed over the API: not on its node. */
export const OVER_API = say(
  'switched and removed over the API: zstack-cli DeleteBaremetalHostCfg',
  '电源控制与移除须通过 API：zstack-cli DeleteBaremetalHostCfg',
);
