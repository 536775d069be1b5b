import { readText, writeWhole } from '../../../system/files.ts';
import { unescaped } from '../../../system/proc.ts';
import { inTurn } from '../../../system/serial.ts';
import { type Places, placesOf } from './places.ts';

const LIMIT = 1024 * 1024;
const MODE = 0o644;

/** In fstab a blank parts fields, and a backslash begins an octal number (fstab(5)). */
const escaped = (path: string): string =>
  path.replace(/[\\ \t]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

/**
 * The two lines of an expansion. A disk that is away does not keep the machine from starting: its folder is empty then,
 * and guests do not start. Guests wait for it.
 */
function linesOf(places: Places, path: string, id: string): string[] {
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

/** What fstab mounts, line by line: what is mounted, and where. */
export async function fstabEntries(places: Places): Promise<{ source: string; at: string }[]> {
  const rows = (await rowsOf(places)).map((row) => row.trim()).filter((row) => /^[^#]/.test(row));
  return rows.map((row) => {
    const [source = '', at = ''] = row.split(/\s+/);
    return { source: unescaped(source), at: unescaped(at) };
  });
}

/** Whether both mounts are there at the next start. */
export async function isKept(places: Places, path: string, id: string): Promise<boolean> {
  const rows = new Set(await rowsOf(places));
  return linesOf(places, path, id).every((line) => rows.has(line));
}

/** All other lines stay to the letter. @param wanted whether the two lines shall be there */
export const keepMounts = (places: Places, path: string, id: string, wanted: boolean): Promise<void> =>
  inTurn(places.fstab, async () => {
    const ours = linesOf(places, path, id);
    const before = await rowsOf(places);
    const others = before.filter((row) => !ours.includes(row));
    const after = wanted ? [...others, ...ours] : others;
    if (after.join('\n') !== before.join('\n')) await writeWhole(places.fstab, `${after.join('\n')}\n`, MODE);
  });
