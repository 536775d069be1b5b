import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { readText, writeWhole } from '../../../system/files.ts';
import { type FstabEntry, parseFstab } from '../../../system/fstab.ts';
import { unescaped } from '../../../system/proc.ts';
import { inTurn } from '../../../system/serial.ts';
import { type Places, placesOf } from './places.ts';
import type { OwnDisk } from './plan.ts';

const LIMIT = 1024 * 1024;
const MODE = 0o644;

/** In fstab a blank parts fields, and a backslash begins an octal number (fstab(5)). */
const escaped = (path: string): string =>
  path.replace(/[\\ \t]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

/**
 * The two lines of an expansion. A disk that is away does not keep the machine from starting: its folder is empty then,
 * and guests do not start. Guests wait for it.
 */
export function linesOf(places: Places, path: string, id: string): string[] {
  const { mount, files } = placesOf(places, path, id);
  const guests = 'x-systemd.before=virtqemud.service,x-systemd.before=libvirtd.service';
  return [
    `UUID=${id} ${escaped(mount)} xfs defaults,nofail,x-systemd.device-timeout=30s 0 0`,
    `${escaped(files)} ${escaped(path)} none bind,nofail,${guests} 0 0`,
  ];
}

const rowsOf = async ({ fstab }: Places): Promise<string[]> => {
  const text = ((await readText(fstab, LIMIT)) ?? '').replace(/\n$/, '');
  return text === '' ? [] : text.split('\n');
};

/** What fstab mounts, line by line. */
export const fstabEntries = async (places: Places): Promise<FstabEntry[]> =>
  parseFstab((await rowsOf(places)).join('\n'));

/** Takes the place of a disk's lines, and tells whoever reads it, or the disk, what is on that. */
const noteOf = (path: string, before: string, id: string): string =>
  `# UUID=${before} held ${escaped(path)} until UUID=${id} took its place: no longer mounted`;
const NOTE = /^# UUID=(\S+) held (\S+) until UUID=\S+ took its place/;

/** What storage was on a file system before, by its UUID. */
export async function heldBefore(places: Places): Promise<Map<string, string>> {
  const notes = (await rowsOf(places)).map((row) => NOTE.exec(row)).filter((note) => note !== null);
  return new Map(notes.map(([, uuid = '', path = '']) => [uuid, unescaped(path)]));
}

/** Whether both mounts are there at the next start. */
export async function isKept(places: Places, path: string, id: string): Promise<boolean> {
  const rows = new Set(await rowsOf(places));
  return linesOf(places, path, id).every((line) => rows.has(line));
}

/**
 * All other lines stay to the letter, in their order. Throws `conflict` where the old lines are gone.
 * @param wanted whether its two lines shall be there
 * @param from whose lines are there otherwise; undefined: none
 */
export const keepMounts = (
  places: Places,
  { path, id, from }: { path: string; id: string; from?: OwnDisk | undefined },
  wanted: boolean,
): Promise<void> =>
  inTurn(places.fstab, async () => {
    const note = from === undefined ? [] : [noteOf(path, from.uuid, id)];
    const [now, old] = [[...note, ...linesOf(places, path, id)], from?.rows ?? []];
    const before = await rowsOf(places);
    const isOne = (row: string) => now.includes(row) || old.includes(row);
    if (wanted && ![now, old].some((rows) => rows.every((row) => before.includes(row)))) throw changed();
    const first = before.findIndex(isOne);
    const at = first < 0 ? before.length : first;
    const rest = before.slice(at).filter((row) => !isOne(row));
    const after = [...before.slice(0, at), ...(wanted ? now : old), ...rest];
    if (after.join('\n') !== before.join('\n')) await writeWhole(places.fstab, `${after.join('\n')}\n`, MODE);
  });

const changed = (): Fault =>
  new Fault('conflict', say('/etc/fstab was changed meanwhile', '/etc/fstab 已被他人更改'), {
    field: 'storage',
  });
