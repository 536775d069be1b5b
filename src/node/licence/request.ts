import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

/** What the firmware says of the machine; a new board or a copied disk makes another one of it. */
const HARDWARE = ['product_uuid', 'product_serial', 'board_serial'];
const DMI = '/sys/class/dmi/id';
const MACHINE_ID = '/etc/machine-id';
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const GROUPS = 5;
const GROUP = 5;

/**
 * A code of this machine's hardware, easy to type; where the firmware tells nothing of it, of the installation.
 * Throws `unavailable` when neither tells anything.
 */
export async function requestCode(folder = DMI, machineId = MACHINE_ID): Promise<string> {
  const known = await told(HARDWARE.map((name) => `${folder}/${name}`));
  if (known.length === 0) known.push(...(await told([machineId])));
  if (known.length === 0) throw nothingTold();
  const hash = createHash('sha256').update(known.join('\n')).digest();
  const letters = Array.from(hash.subarray(0, GROUPS * GROUP), (byte) => LETTERS[byte % LETTERS.length]);
  return Array.from({ length: GROUPS }, (_, at) => letters.slice(at * GROUP, (at + 1) * GROUP).join('')).join(
    '-',
  );
}

async function told(paths: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  return texts.map((text) => text.trim()).filter((text) => !/^(0*|none|not specified)$/i.test(text));
}

const nothingTold = (): Fault =>
  new Fault(
    'unavailable',
    say(
      'neither firmware nor /etc/machine-id tell this machine from others',
      '固件与 /etc/machine-id 均未提供本机标识',
    ),
  );
