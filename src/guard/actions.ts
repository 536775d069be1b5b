import { type Caller, type Implementation, implement } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { givePowerOrder } from '../node/power/apply.ts';
import { settingTroubles as readTroubles } from '../node/system-settings/config.ts';
import { passwordField, stateOfField } from '../system/shadow.ts';
import { systemctl } from '../system/systemctl.ts';
import type { PasswordCheck } from './password.ts';
import {
  checkPassword,
  guardPowerOff,
  guardReboot,
  guardRestartController,
  passwordState,
  settingTroubles,
} from './schema.ts';
import { checkTicket, GUARD_MILLISECONDS, issueTicket, ticketKey } from './ticket.ts';

export interface GuardParts {
  passwords: PasswordCheck;
  keyPath: string;
  /** Folder of node.ini. */
  config: string;
  /** Milliseconds since boot. */
  now(): number;
  record(caller: Caller, event: string, outcome: string): Promise<void>;
}

const CONTROLLER_UNIT = 'zs-controller.service';

export function guardActions(parts: GuardParts): Implementation[] {
  const order =
    <I extends { ticket: Secret }>(event: string, give: (input: I) => Promise<void>) =>
    (input: I, run: { caller: Caller }) =>
      withTicket(parts, run.caller, input.ticket, event, () => give(input));
  return [
    implement(passwordState, async () => ({ state: stateOfField(await passwordField('root')) })),
    implement(checkPassword, async ({ password }, { caller, progress }) => {
      await parts.passwords.check(caller, password, progress);
      return { ticket: issueTicket(await ticketKey(parts.keyPath), caller, parts.now()) };
    }),
    implement(settingTroubles, async () => ({ troubles: await readTroubles(parts.config) })),
    implement(guardRestartController, order('guard.restartController', restartController)),
    implement(
      guardReboot,
      order('guard.reboot', ({ why }) => givePowerOrder('reboot', why)),
    ),
    implement(
      guardPowerOff,
      order('guard.powerOff', ({ why }) => givePowerOrder('poweroff', why)),
    ),
  ];
}

/** One that was started in vain too often is started all the same when a person asks for it. */
async function restartController(): Promise<void> {
  await systemctl(['reset-failed', CONTROLLER_UNIT]).catch(() => {});
  await systemctl(['restart', CONTROLLER_UNIT]);
}

/** Carries an order out for whoever gave the password within the last ten minutes, and puts it on record first. */
async function withTicket(
  { keyPath, now, record }: GuardParts,
  caller: Caller,
  ticket: Secret,
  event: string,
  give: () => Promise<void>,
): Promise<void> {
  checkTicket(await ticketKey(keyPath), ticket.reveal(), caller, now(), GUARD_MILLISECONDS);
  await record(caller, event, 'begun');
  try {
    await give();
  } catch (thrown) {
    await record(caller, event, Fault.from(thrown).kind);
    throw thrown;
  }
}
