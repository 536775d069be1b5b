import { implement } from '../../../api/action.ts';
import { Fault } from '../../../api/fault.ts';
import { type Feature, feature } from '../../../api/feature.ts';
import { say } from '../../../api/words.ts';
import { hostKeyOf } from '../../../system/ssh.ts';
import { stateOf } from './copy.ts';
import { copyHostKey, endCopy, setCopy } from './schema.ts';
import { setUpCopy } from './set-up.ts';
import { type CopyFolders, copyPlan, readCopySetting, type SetCopy, setCopyIn } from './setting.ts';

/** Where each backup is copied to besides. */
export const copyFeature = (folders: CopyFolders): Feature =>
  feature<SetCopy>({
    actions: [
      implement(copyHostKey, async (server, { signal }) => ({ hostKey: await hostKeyOf(server, signal) })),
      implement(setCopy, async ({ password, hostKey, ...place }, { signal, progress, carryOut }) => {
        const setting = { place, hostKey };
        await setUpCopy(folders, setting, password, { signal, progress });
        await carryOut(copyPlan(await settingBefore(folders), setting));
        return stateOf(folders, setting);
      }),
      implement(endCopy, async (_none, { carryOut }) => {
        const before = await readCopySetting(folders.config);
        if (before === undefined) throw noneSet();
        await carryOut(copyPlan(before, null));
        return { left: before.place };
      }),
    ],
    executors: { 'backup.setCopy': setCopyIn(folders.config) },
  });

/** One that makes no sense is none: it is what the new one replaces. */
const settingBefore = async ({ config }: CopyFolders) =>
  (await readCopySetting(config).catch(() => undefined)) ?? null;

const noneSet = (): Fault =>
  new Fault('conflict', say('backups are not copied anywhere', '没有设置备份副本'));
