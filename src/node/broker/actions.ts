import { implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { CheckPassword } from '../accounts/actions.ts';
import type { NewPassword } from '../accounts/plan.ts';
import { KEYS } from '../zstack/settings.ts';
import { type BrokerParts, configuredBroker, keepUser, noUser, setBrokerPassword } from './apply.ts';
import { checkHostname } from './name.ts';
import { type BrokerStep, brokerPlan } from './plan.ts';
import { resetUser } from './reset.ts';
import { changeBrokerPassword, resetBroker } from './schema.ts';

/** @param check of the system's root password, slowed down and locked out like every other */
export const brokerFeature = (parts: BrokerParts, check: CheckPassword): Feature =>
  feature<BrokerStep, NewPassword>({
    actions: [
      implement(changeBrokerPassword, async ({ rootPassword, newPassword }, run) => {
        await check(run.caller, rootPassword, (words) => run.progress(words)).catch(blameRootPassword);
        const { user } = await configuredBroker(parts.properties);
        if ((await parts.broker.user(user)) === undefined) throw noUser(user);
        await run.carryOut(brokerPlan(user, KEYS.brokerPassword), { newPassword });
      }),
      implement(resetBroker, async () => {
        await checkHostname();
        return resetUser(parts);
      }),
    ],
    executors: {
      'broker.keepUser': keepUser(parts),
      'broker.setPassword': setBrokerPassword(parts),
    },
  });

function blameRootPassword(thrown: unknown): never {
  const { kind, words, next } = Fault.from(thrown);
  if (kind !== 'refused') throw thrown;
  throw new Fault(kind, words, {
    field: 'rootPassword',
    cause: thrown,
    ...(next === undefined ? {} : { next }),
  });
}
