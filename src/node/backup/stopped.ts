import { type Executor, keepsake, withoutId } from '../../api/plan.ts';
import { resume, type Service, type Standing } from '../../system/service.ts';

/** How the management service stood before a restore or a reset stopped it. */
export const STOPPED = keepsake<{ standing: Standing }>('service');

/** Nobody uses the database while it is exchanged; afterwards the service stands as before. */
export const stopping = (service: Service): Executor => ({
  compared: withoutId,
  async apply(_step, { kept }) {
    await kept.keep(STOPPED, { standing: await service.standing() });
    await service.stop();
  },
  async undo(_step, { kept }) {
    const before = await kept.find(STOPPED);
    if (before !== undefined) await resume(service, before.standing);
  },
  settle: async (_step, { kept }) => ((await kept.find(STOPPED)) === undefined ? 'not done' : 'done'),
});
