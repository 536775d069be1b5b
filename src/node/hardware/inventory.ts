import { existsSync } from 'node:fs';
import { system } from 'systeminformation';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { mustRun, run } from '../../system/exec.ts';
import { readText } from '../../system/proc.ts';
import type { Hardware } from '../facts/schema.ts';

/**
 * A program of its own: it prints what the machine is made of as JSON and ends. The library behind it runs a dozen
 * other programs and takes seconds, so it never runs inside the controller.
 */

const TIMEOUT = 15_000;

/** What firmware makers leave in the fields that they did not fill, and the library's own word for none. */
const FILLERS =
  /^$|^-$|^(to be filled|default string|not specified|not applicable|none$|unknown$|o\.e\.m\.|system (serial|product)|docker container$)/i;

const NEEDS_ROOT = say('needs root', '需要 root 权限');
const NOT_TOLD = say('the firmware tells none', '固件未提供');

async function inventory(): Promise<Hardware> {
  const [machine, disks, bmcAddress] = await Promise.all([system(), readDisks(), readBmcAddress()]);
  return {
    vendor: told(machine.manufacturer),
    model: told(machine.model),
    serial: told(machine.serial, process.getuid?.() === 0 ? NOT_TOLD : NEEDS_ROOT),
    bmcAddress,
    cpuModel: told(/^model name\s*: (.*)$/m.exec(readText('/proc/cpuinfo'))?.[1] ?? ''),
    disks,
  };
}

const told = (text: string, why: Words = NOT_TOLD): Reading<string> =>
  FILLERS.test(text.trim()) ? unknown(why) : known(text.trim());

interface BlockDevice {
  path: string;
  type: string;
  size: number;
  vendor: string | null;
  model: string | null;
}

/** Disks as the kernel lists them: no partitions, no loop devices, no RAM disks. */
async function readDisks(): Promise<Hardware['disks']> {
  const argv = ['lsblk', '-J', '-b', '-d', '-e', '1', '-o', 'PATH,TYPE,SIZE,VENDOR,MODEL'];
  try {
    const listed = JSON.parse(await mustRun(argv, { timeout: TIMEOUT })) as { blockdevices: BlockDevice[] };
    const disks = listed.blockdevices.filter(({ type, size }) => type === 'disk' && size > 0);
    return known(await Promise.all(disks.map(diskOf)));
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

async function diskOf({ path, size, vendor, model }: BlockDevice) {
  // A virtual disk has no maker but the number of its kind.
  const name = [vendor, model].map((part) => part?.trim()).filter((part) => part && !part.startsWith('0x'));
  return { device: path, model: name.join(' '), size, health: await readHealth(path) };
}

/** SMART's verdict: `PASSED` or `FAILED`. */
async function readHealth(device: string): Promise<Reading<string>> {
  try {
    const { stdout } = await run(['smartctl', '-j', '-H', device], { timeout: TIMEOUT });
    const passed: unknown = JSON.parse(stdout).smart_status?.passed;
    if (typeof passed === 'boolean') return known(passed ? 'PASSED' : 'FAILED');
    return unknown(say('the disk tells none', '磁盘未提供'));
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

/** The management controller's own address; all zeros means that none is set. */
async function readBmcAddress(): Promise<Reading<string>> {
  if (!existsSync('/dev/ipmi0')) return unknown(say('no BMC (/dev/ipmi0)', '没有 BMC（/dev/ipmi0）'));
  try {
    const address = parseBmcAddress(await mustRun(['ipmitool', 'lan', 'print'], { timeout: TIMEOUT }));
    return address === undefined ? unknown(say('the BMC has no address', 'BMC 没有地址')) : known(address);
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

function parseBmcAddress(text: string): string | undefined {
  const address = /^IP Address\s*: (\S+)$/m.exec(text)?.[1];
  return address === '0.0.0.0' ? undefined : address;
}

void inventory().then((hardware) => process.stdout.write(JSON.stringify(hardware)));
