import { type Implementation, implement } from '../../api/action.ts';
import { givePowerOrder } from './apply.ts';
import { type Goings, verdict } from './plan.ts';
import { powerOff, powerVerdict, reboot } from './schema.ts';

/** @param goings what is going on now: the verdict is about that */
export const powerActions = (goings: () => Goings): Implementation[] => [
  implement(powerVerdict, async () => verdict(goings())),
  implement(reboot, ({ why }) => givePowerOrder('reboot', why)),
  implement(powerOff, ({ why }) => givePowerOrder('poweroff', why)),
];
