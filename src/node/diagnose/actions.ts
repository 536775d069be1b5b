import { type Implementation, implement } from '../../api/action.ts';
import { whyOf } from '../../system/errno.ts';
import type { Check, CheckParts } from './check.ts';
import { HOST_CHECKS } from './host.ts';
import { MANAGEMENT_CHECKS } from './management.ts';
import { diagnose, type Finding } from './schema.ts';

/** In the order in which troubles cause one another. */
const CHECKS: readonly Check[] = [...HOST_CHECKS, ...MANAGEMENT_CHECKS];

export const diagnoseActions = (parts: CheckParts): Implementation[] => [
  implement(diagnose, async (_input, { signal, emit }) => {
    const findings: Finding[] = [];
    for (const check of CHECKS.filter(({ roles }) => roles?.includes(parts.role) ?? true)) {
      signal.throwIfAborted();
      const finding = await find(check, parts);
      if (finding === undefined) continue;
      findings.push(finding);
      emit(finding);
    }
    return findings;
  }),
];

/** What a check could not look at is unknown, with the reason. */
async function find({ key, title, look }: Check, parts: CheckParts): Promise<Finding | undefined> {
  try {
    const seen = await look(parts);
    return seen && { key, title, ...seen };
  } catch (thrown) {
    return { key, title, state: 'unknown', evidence: whyOf(thrown) };
  }
}
