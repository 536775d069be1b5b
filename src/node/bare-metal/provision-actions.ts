import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { ipmi } from '../../system/ipmi.ts';
import { standingOf } from './installation-state.ts';
import { checkMacs, checkName, installationOf, startFromNetwork } from './installations.ts';
import { withPassword } from './login.ts';
import { type KeepProvisioned, type KeptProvisioned, provisionedOf, provisionPlan } from './provisioned.ts';
import { type PxeParts, runningSettings } from './pxe-service.ts';
import { nicsOf } from './schema/install.ts';
import { forgetProvisioned, provisionMachine, readProvisioned } from './schema/provision.ts';

/** Machines that the cluster keeps, and that install themselves over this node's network. */
export const provisionActions = (parts: PxeParts): Implementation<KeepProvisioned, KeptProvisioned>[] => [
  implement(
    provisionMachine,
    async ({ chassis, name, bmc: login, firmware, rootPassword, ...asked }, run) => {
      if (rootPassword === undefined) throw noRootPassword(name);
      await runningSettings(parts);
      await checkMacs(parts, chassis, nicsOf(asked));
      await checkName(parts, chassis, name);
      const bmc = ipmi(withPassword(name, login), run.signal);
      // A BMC that cannot be asked is told before anything is laid out.
      await bmc.power();
      const installation = await installationOf(asked, rootPassword);
      const title = say(`install ${name} over the network`, `通过网络安装 ${name}`);
      await run.carryOut(provisionPlan(chassis, title), { record: { name, installation } });
      await startFromNetwork(bmc, firmware);
    },
  ),
  implement(forgetProvisioned, async ({ chassis }, run) => {
    const kept = await provisionedOf(parts.provisioned, chassis);
    if (kept === undefined) return;
    const title = say(`install ${kept.name} no more`, `不再安装 ${kept.name}`);
    await run.carryOut(provisionPlan(chassis, title), { record: null });
  }),
  implement(readProvisioned, async ({ chassis }) => {
    const kept = await Promise.all(chassis.map((each) => provisionedOf(parts.provisioned, each)));
    const states = kept.flatMap((guest, at) =>
      guest === undefined ? [] : [[chassis[at], standingOf(parts.places.state, guest.installation).state]],
    );
    return Object.fromEntries(states);
  }),
];

const noRootPassword = (name: string): Fault =>
  new Fault('conflict', say(`no root password is kept for ${name}`, `未保存 ${name} 的 root 密码`), {
    field: 'rootPassword',
  });
