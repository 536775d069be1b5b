import type { Api } from '../define/api.ts';
import type { CloseJob, Outcome, RecordJob } from '../jobs/outcome.ts';
import type { Answer, AuditEnd, AuditEntry, Auditing } from './doing.ts';

type Values = Readonly<Record<string, unknown>>;

/** The uuid of what a call is about: what it acts on, or the first thing that it names. */
export function aboutWhat({ params: fields }: Api, params: Values): string | undefined {
  const named = Object.keys(fields).filter((name) => typeof params[name] === 'string');
  const name =
    named.find((each) => each === 'resourceUuid') ??
    named.find((each) => each === 'uuid') ??
    named.find((each) => fields[each]?.target) ??
    named.find((each) => fields[each]?.resource !== undefined);
  return name === undefined ? undefined : String(params[name]);
}

/** What came of a job as the audit keeps it; undefined while it runs. */
function endOf(outcome: Outcome): AuditEnd | undefined {
  if ('running' in outcome) return undefined;
  return 'error' in outcome ? { error: outcome.error } : { resourceUuid: madeBy(outcome.answer) };
}

function madeBy({ inventory }: Answer): string | undefined {
  const uuid = (inventory as { uuid?: unknown } | undefined)?.uuid;
  return typeof uuid === 'string' ? uuid : undefined;
}

/** Records a job beside its row. */
export const recordOf =
  (auditing: Auditing, entry: AuditEntry): RecordJob =>
  (database, outcome) =>
    auditing.add(database, entry, endOf(outcome));

/** Records how a job ended that was recorded as it began. */
export const closeOf =
  (auditing: Auditing): CloseJob =>
  async (database, uuid, outcome) => {
    const end = endOf(outcome);
    if (end !== undefined) await auditing.end(database, uuid, end);
  };
