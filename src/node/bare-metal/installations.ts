import { randomBytes } from 'node:crypto';
import { Fault } from '../../api/fault.ts';
import type { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import type { Bmc, BootChoice } from '../../system/bmc.ts';
import { mustRun } from '../../system/exec.ts';
import { type GuestFolders, readGuests } from './guests.ts';
import { type Installation, nicsOf } from './schema/install.ts';

const HASH_MILLISECONDS = 20_000;

/** What a machine is installed as: the password as its hash alone, under a name that nobody guesses. */
export async function installationOf(
  wanted: Omit<Installation, 'passwordHash' | 'token' | 'asked'>,
  password: Secret,
): Promise<Installation> {
  const input = `${password.reveal()}\n`;
  const hash = await mustRun(['openssl', 'passwd', '-6', '-stdin'], { timeout: HASH_MILLISECONDS, input });
  return {
    ...wanted,
    passwordHash: hash.trim(),
    token: randomBytes(16).toString('base64url'),
    asked: Date.now(),
  };
}

/**
 * Throws `conflict` when another machine is to be installed under one of these addresses.
 * @param of as `readGuests` tells it from others
 */
export async function checkMacs(folders: GuestFolders, of: string, macs: readonly string[]): Promise<void> {
  for (const other of await readGuests(folders)) {
    const mac = other.of === of ? undefined : nicsOf(other.installation).find((one) => macs.includes(one));
    if (mac === undefined) continue;
    throw new Fault('conflict', say(`${mac} is a NIC of ${other.name}`, `${mac} 是 ${other.name} 的网卡`), {
      field: 'macs',
    });
  }
}

/** Throws `conflict` when another machine is to be installed under this name: in a cluster the two could not be told apart. */
export async function checkName(folders: GuestFolders, of: string, name: string): Promise<void> {
  const others = (await readGuests(folders)).filter((other) => other.of !== of);
  if (!others.some((other) => other.name.toLowerCase() === name.toLowerCase())) return;
  throw new Fault(
    'conflict',
    say(`another machine is installed as ${name}`, `已有另一台机器以 ${name} 安装`),
    { field: 'name' },
  );
}

/** Has a machine start from the network, now. */
export async function startFromNetwork(bmc: Bmc, firmware: BootChoice['firmware']): Promise<void> {
  await bmc.bootOnce({ device: 'pxe', firmware });
  await bmc.order((await bmc.power()) === 'on' ? 'reset' : 'on');
}
