import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { bmcOf } from './bmc.ts';
import { readMachine } from './guests.ts';
import { checkMacs, checkName, installationOf, startFromNetwork } from './installations.ts';
import { type KeepMachine, type KeptMachine, keepPlan } from './machines.ts';
import { type PxeParts, runningSettings } from './pxe-service.ts';
import { cancelInstallation, installMachine } from './schema/install.ts';

/** Bare machines that install themselves over the network. */
export const installActions = (parts: PxeParts): Implementation<KeepMachine, KeptMachine>[] => [
  implement(installMachine, async ({ name, rootPassword, ...asked }, run) => {
    const record = await readMachine(parts, name);
    await runningSettings(parts);
    await checkMacs(parts, name, asked.macs);
    await checkName(parts, name, name);
    const bmc = bmcOf(record, run.signal);
    // A BMC that cannot be asked is told before anything is laid out.
    await bmc.power();
    const installation = await installationOf(asked, rootPassword);
    const title = say(`install ${name} over the network`, `通过网络安装 ${name}`);
    await run.carryOut(keepPlan(name, title), { record: { ...record, installation } });
    await startFromNetwork(bmc, record.firmware).catch((thrown) => byHand(name, thrown));
  }),
  implement(cancelInstallation, async ({ name }, run) => {
    const { installation, ...record } = await readMachine(parts, name);
    if (installation === undefined) throw nothingAsked(name);
    const title = say(`install ${name} no more`, `不再安装 ${name}`);
    await run.carryOut(keepPlan(name, title), { record });
  }),
];

/** What is laid out for it stays. */
function byHand(name: string, thrown: unknown): never {
  const { kind, words } = Fault.from(thrown);
  throw new Fault(kind, words, {
    next: say(
      `everything is laid out: start ${name} from the network by hand, or zstack-ctl cancel_install`,
      `安装已准备好：请手动让 ${name} 从网络启动，或执行 zstack-ctl cancel_install`,
    ),
    cause: thrown,
  });
}

const nothingAsked = (name: string): Fault =>
  new Fault('conflict', say(`nothing is to be installed on ${name}`, `${name} 没有待安装的内容`), {
    field: 'name',
  });
