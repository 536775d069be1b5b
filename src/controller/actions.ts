import { type Caller, type Implementation, implement } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import {
  acknowledgeChange,
  cancelJob,
  readChanges,
  readHalfDone,
  retryHalfDone,
  verifyAudit,
  watchJob,
} from '../api/jobs.ts';
import { closeSession, openSession, touchSession } from '../api/session.ts';
import type { Audit } from './audit/audit.ts';
import { readDeeds } from './audit/deeds.ts';
import type { AuditPlaces } from './audit/log.ts';
import { verifyAudit as verify } from './audit/verify.ts';
import type { Jobs } from './jobs.ts';
import type { Journal } from './journal/journal.ts';
import type { Sessions } from './sessions.ts';
import type { Tickets } from './tickets.ts';

interface SessionParts {
  sessions: Sessions;
  tickets: Tickets;
  audit: Audit;
  /** Guard's own records of password checks are taken over first, so that the order in the chain is the order of things. */
  takeOverChecks(): Promise<void>;
}

export const sessionActions = ({
  sessions,
  tickets,
  audit,
  takeOverChecks,
}: SessionParts): Implementation[] => [
  implement(openSession, async ({ ticket, area, takeOver }, { caller }) => {
    await takeOverChecks();
    const nonce = await tickets.use(caller, ticket).catch((thrown) => {
      audit.count('refused');
      throw thrown;
    });
    let since: number;
    try {
      since = sessions.open(caller, area, takeOver);
    } catch (thrown) {
      tickets.giveBack(nonce);
      await audit.note('session.refused', caller, { area, outcome: Fault.from(thrown).kind });
      throw thrown;
    }
    await audit.note('session.opened', caller, { area, takeOver });
    return { idleSeconds: sessions.idleSeconds, since };
  }),
  implement(closeSession, async (_input, { caller }) => {
    if (sessions.close(caller)) await audit.note('session.ended', caller, { end: 'closed' });
  }),
  implement(touchSession, async (_input, { caller }) => sessions.require(caller)),
];

export const jobActions = (jobs: Jobs): Implementation[] => [
  implement(watchJob, async ({ id }, run) => jobs.watch(id, run.signal, (news) => run.emit(news))),
  implement(cancelJob, async ({ id }) => jobs.cancel(id)),
];

const MOST_CHANGES = 500;

export const recordActions = (journal: Journal, places: AuditPlaces): Implementation[] => [
  implement(acknowledgeChange, ({ change }, run: { caller: Caller }) =>
    journal.acknowledge(change, run.caller),
  ),
  implement(verifyAudit, () => verify(places)),
  implement(readChanges, () => readDeeds(places.records, MOST_CHANGES)),
];

export const halfDoneActions = (journal: Journal, recover: () => Promise<unknown>): Implementation[] => [
  implement(readHalfDone, async () => journal.halfDone),
  implement(retryHalfDone, async () => {
    await recover();
    return journal.halfDone;
  }),
];
