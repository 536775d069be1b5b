import { randomBytes } from 'node:crypto';
import { Fault } from '../../api/fault.ts';
import type { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import { mustRun } from '../../system/exec.ts';
import { bmcOf } from './bmc.ts';
import { type MachineRecord, readMachines } from './machines.ts';
import type { Installation } from './schema/install.ts';

const HASH_MILLISECONDS = 20_000;

/** What a machine is installed as: the password as its hash alone, under a name that nobody guesses. */
export async function installationOf(
  asked: Omit<Installation, 'passwordHash' | 'token'>,
  password: Secret,
): Promise<Installation> {
  const input = `${password.reveal()}\n`;
  const hash = await mustRun(['openssl', 'passwd', '-6', '-stdin'], { timeout: HASH_MILLISECONDS, input });
  return { ...asked, passwordHash: hash.trim(), token: randomBytes(16).toString('base64url') };
}

/** Throws `conflict` when another machine is to be installed under one of these addresses. */
export async function checkMacs(folder: string, name: string, macs: readonly string[]): Promise<void> {
  for (const other of await readMachines(folder)) {
    const mac = other.name === name ? undefined : other.installation?.macs.find((one) => macs.includes(one));
    if (mac === undefined) continue;
    throw new Fault('conflict', say(`${mac} is a NIC of ${other.name}`, `${mac} 是 ${other.name} 的网卡`), {
      field: 'macs',
    });
  }
}

/** Has a machine start from the network, now. What is laid out for it stays when its BMC does not. */
export async function startFromNetwork(record: MachineRecord, signal: AbortSignal): Promise<void> {
  const bmc = bmcOf(record, signal);
  try {
    await bmc.bootOnce({ device: 'pxe', firmware: record.firmware });
    await bmc.order((await bmc.power()) === 'on' ? 'reset' : 'on');
  } catch (thrown) {
    const { kind, words } = Fault.from(thrown);
    throw new Fault(kind, words, {
      next: say(
        `everything is laid out: start ${record.name} from the network by hand, or zstack-ctl cancel_install`,
        `安装已准备好：请手动让 ${record.name} 从网络启动，或执行 zstack-ctl cancel_install`,
      ),
      cause: thrown,
    });
  }
}
