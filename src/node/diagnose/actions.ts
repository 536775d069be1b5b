import { type Implementation, implement } from '../../api/action.ts';
import { whyOf } from '../../system/errno.ts';
import type { Check, CheckParts } from './check.ts';
import { HOST_CHECKS } from './host.ts';
import { MACHINE_CHECKS } from './machine.ts';
import { MANAGEMENT_CHECKS } from './management.ts';
import { knownMessages } from './messages.ts';
import { NETWORK_CHECKS } from './network.ts';
import { diagnose, type Finding } from './schema.ts';
import { SERVICE_CHECKS } from './service.ts';
import { STORAGE_CHECKS } from './storage.ts';

/** In the order in which troubles cause one another. */
const CHECKS: readonly Check[] = [
  ...MACHINE_CHECKS,
  ...HOST_CHECKS,
  ...NETWORK_CHECKS,
  ...STORAGE_CHECKS,
  ...MANAGEMENT_CHECKS,
  ...SERVICE_CHECKS,
];

export const diagnoseActions = (parts: CheckParts): Implementation[] => [
  implement(diagnose, async (_input, { signal, emit }) => {
    const findings: Finding[] = [];
    const tell = (finding: Finding) => {
      findings.push(finding);
      emit(finding);
    };
    for (const check of CHECKS.filter(({ roles }) => roles?.includes(parts.role) ?? true)) {
      signal.throwIfAborted();
      const finding = await find(check, parts);
      if (finding !== undefined) tell(finding);
    }
    for (const finding of await knownMessages(parts)) tell(finding);
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
