import type { Executor, Executors } from '../../api/plan.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { restartAs } from '../../system/service.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { resetUser } from '../broker/reset.ts';
import { isHere } from '../network/here.ts';
import { brokerLogin } from '../zstack/settings.ts';
import type { BrokerFollows, BrokerReturns } from './plan/steps.ts';

export interface FollowParts extends BrokerParts {
  /** The broker itself, which settles when it answers again. */
  brokerService: BrokerParts['service'];
}

/** Whether a broker of this host's own serves the management service. */
export async function hasOwnBroker({ properties }: Pick<FollowParts, 'properties'>): Promise<boolean> {
  const login = brokerLogin(await readPropertiesOrNone(properties));
  return login !== undefined && isHere(login.host);
}

/** @param parts undefined where no broker follows the hostname: such steps are in no plan then */
export const brokerExecutors = (
  parts: FollowParts | undefined,
): Executors<BrokerFollows | BrokerReturns> => ({
  'system.brokerReturns': { ...NOTHING, undo: async () => parts && goBack(parts) },
  // Taken back before the hostname is: only once that is the old one can the broker go back.
  'system.brokerFollows': { ...NOTHING, apply: async () => parts && follow(parts) },
});

const NOTHING: Executor = {
  apply: async () => undefined,
  undo: async () => undefined,
  settle: async () => 'done',
};

/** A broker that answers under the name of now was never restarted: it goes on. */
const goBack = async (parts: FollowParts): Promise<void> => {
  await resetUser(parts).catch(() => follow(parts));
};

async function follow(parts: FollowParts): Promise<void> {
  await parts.brokerService.restart();
  await resetUser(parts);
  await restartAs(parts.service, await parts.service.standing());
}
