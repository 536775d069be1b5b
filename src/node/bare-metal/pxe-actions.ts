import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { readMedium } from './medium.ts';
import { checkAlone, settingsFor } from './pxe-nic.ts';
import { type PxeParts, pxeState, type StartPxe, startPlan } from './pxe-service.ts';
import { readPxe, startPxe, stopPxe } from './schema/pxe.ts';

/** The service that machines are installed from over the network. */
export const pxeActions = (parts: PxeParts): Implementation<StartPxe>[] => [
  implement(readPxe, () => pxeState(parts)),
  implement(startPxe, async (wanted, run) => {
    await checkStopped(parts);
    const { settings, link } = await settingsFor(wanted);
    await readMedium(parts.places.medium);
    run.progress(say(`asking for DHCP servers on ${wanted.nic}`, `正在 ${wanted.nic} 上查找 DHCP 服务器`));
    await checkAlone(link, run.signal);
    await run.carryOut(startPlan(settings));
    return pxeState(parts);
  }),
  implement(stopPxe, async () => {
    await parts.service.stop();
    return pxeState(parts);
  }),
];

async function checkStopped(parts: PxeParts): Promise<void> {
  const { state, settings } = await pxeState(parts);
  if (state === 'stopped') return;
  const nic = settings?.nic ?? '?';
  throw new Fault('conflict', say(`it runs already, on ${nic}`, `已在 ${nic} 上运行`), {
    next: say('stop it first: zstack-ctl stop_pxe', '请先停止：zstack-ctl stop_pxe'),
  });
}
