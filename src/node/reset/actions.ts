import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { implement, type Run } from '../../api/action.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Executors } from '../../api/plan.ts';
import { engineOf } from '../backup/engines.ts';
import { alone } from '../backup/files.ts';
import { stopping } from '../backup/stopped.ts';
import { checkHostname } from '../broker/name.ts';
import type { SettingsStep } from '../change-settings/plan.ts';
import { hasOwnBroker } from '../system-settings/broker.ts';
import {
  clearCaches,
  copyOf,
  dumpForReset,
  emptyDatabase,
  type ResetGiven,
  type ResetParts,
  resetConfiguration,
  startAfterReset,
} from './apply.ts';
import { type ResetStep, resetPlan } from './plan.ts';
import { programsState } from './programs.ts';
import { type ResetDone, resetManagement } from './schema.ts';

/** Resets of a management node. */
export const resetFeature = (parts: ResetParts, settings: Executors<SettingsStep>): Feature =>
  feature<ResetStep, ResetGiven>({
    actions: [
      implement(resetManagement, async ({ database }, run) => {
        const broker = await hasOwnBroker(parts);
        if (broker) await checkHostname();
        return alone(parts.folder, () => reset(parts, run, { drop: database === 'drop', broker }));
      }),
    ],
    executors: {
      ...settings,
      'reset.stopService': stopping(parts.service),
      'reset.dump': dumpForReset(parts),
      'reset.configuration': resetConfiguration(parts),
      'reset.clearCaches': clearCaches(parts),
      'reset.emptyDatabase': emptyDatabase(parts),
      'reset.startService': startAfterReset(parts),
    },
  });

/** What stands in the way of asking the database is found before the service is stopped. */
async function reset(
  parts: ResetParts,
  { carryOut }: Pick<Run<never, ResetStep, ResetGiven>, 'carryOut'>,
  { drop, broker }: { drop: boolean; broker: boolean },
): Promise<ResetDone> {
  const engine = await engineOf(parts);
  const databases = await engine.databases();
  const told: ResetGiven['told'] = {};
  const wanted = { id: randomUUID(), engine: engine.kind, drop: drop ? databases : [], broker };
  await carryOut(resetPlan(wanted), { told });
  return doneOf(parts, told);
}

async function doneOf({ properties }: ResetParts, told: ResetGiven['told']): Promise<ResetDone> {
  const { dump, left, proven, started = false } = told;
  const copy = copyOf(properties);
  const isThere = await stat(copy).then(
    () => true,
    () => false,
  );
  return {
    ...(dump === undefined ? {} : { dump }),
    ...(left === undefined ? {} : { left }),
    ...(proven === undefined ? {} : { proven }),
    ...(isThere ? { configuration: copy } : {}),
    started,
    programs: await programsState(),
  };
}
