import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { implement, type Run } from '../../api/action.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Executors } from '../../api/plan.ts';
import { engineOf } from '../backup/engines.ts';
import { alone } from '../backup/files.ts';
import { checkHostname } from '../broker/reset.ts';
import type { SettingsStep } from '../change-settings/plan.ts';
import { hasOwnBroker } from '../system-settings/broker.ts';
import {
  clearCaches,
  copyOf,
  dumpForReset,
  emptyDatabase,
  type ResetKept,
  type ResetParts,
  resetConfiguration,
  startAfterReset,
  stopForReset,
} from './apply.ts';
import { type ResetStep, resetPlan } from './plan.ts';
import { programsState } from './programs.ts';
import { type ResetDone, resetManagement } from './schema.ts';

/** Resets of a management node. */
export const resetFeature = (parts: ResetParts, settings: Executors<SettingsStep>): Feature =>
  feature<ResetStep>({
    actions: [
      implement(resetManagement, async ({ database }, run) => {
        const broker = await hasOwnBroker(parts);
        if (broker) await checkHostname();
        return alone(parts.folder, () => reset(parts, run, { drop: database === 'drop', broker }));
      }),
    ],
    executors: {
      ...settings,
      'reset.stopService': stopForReset(parts),
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
  { carryOut }: Pick<Run<never, ResetStep>, 'carryOut'>,
  { drop, broker }: { drop: boolean; broker: boolean },
): Promise<ResetDone> {
  const engine = await engineOf(parts);
  const databases = await engine.databases();
  const [id, settingsId] = [randomUUID(), randomUUID()];
  const wanted = { id, settingsId, engine: engine.kind, drop: drop ? databases : [], broker };
  await carryOut(resetPlan(wanted));
  const kept = await parts.keepsakes.read<ResetKept>(id);
  // The reset is made all the same: what cannot be cleared up now is at the next start.
  await engine.forget(id).catch(() => undefined);
  for (const one of [id, settingsId]) await parts.keepsakes.forget(one);
  return doneOf(parts, kept);
}

async function doneOf({ properties }: ResetParts, kept: ResetKept): Promise<ResetDone> {
  const { dump, left, proven, started = false } = kept;
  const copy = copyOf(properties);
  const isThere = await stat(copy).then(
    () => true,
    () => false,
  );
  return {
    ...(typeof dump === 'string' ? { dump } : {}),
    ...(left === undefined ? {} : { left }),
    ...(proven === undefined ? {} : { proven }),
    ...(isThere ? { configuration: copy } : {}),
    started,
    programs: await programsState(),
  };
}
