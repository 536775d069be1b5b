import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import type { CheckPassword } from '../accounts/actions.ts';
import { KEYS } from '../zstack/settings.ts';
import { type BrokerParts, configuredBroker, keepUser, noUser, setBrokerPassword } from './apply.ts';
import { brokerPlan } from './plan.ts';
import { checkHostname, resetUser } from './reset.ts';
import { changeBrokerPassword, resetBroker } from './schema.ts';

export const brokerExecutors = (parts: BrokerParts): [string, Executor][] => [
  ['broker.keepUser', keepUser(parts) as Executor],
  ['broker.setPassword', setBrokerPassword(parts) as Executor],
];

/** @param check of the system's root password, slowed down and locked out like every other */
export const brokerActions = (parts: BrokerParts, check: CheckPassword): Implementation[] => [
  implement(changeBrokerPassword, async ({ rootPassword, newPassword }, run) => {
    await check(run.caller, rootPassword, (words) => run.progress(words)).catch(blameRootPassword);
    const { user } = await configuredBroker(parts.properties);
    if ((await parts.broker.user(user)) === undefined) throw noUser(user);
    await parts.onTheirWay.during(newPassword, async (id) => {
      await run.carryOut(brokerPlan(id, user, KEYS.brokerPassword));
      await parts.keepsakes.forget(id);
    });
  }),
  implement(resetBroker, async () => {
    await checkHostname();
    return resetUser(parts);
  }),
];

function blameRootPassword(thrown: unknown): never {
  const { kind, words, next } = Fault.from(thrown);
  if (kind !== 'refused') throw thrown;
  throw new Fault(kind, words, {
    field: 'rootPassword',
    cause: thrown,
    ...(next === undefined ? {} : { next }),
  });
}
