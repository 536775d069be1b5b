import { open } from 'node:fs/promises';
import { $, fs, path } from 'zx';
import { refuse } from './refusal.mts';

const SECTOR = 2048;
/** Where the primary volume descriptor begins, and what of it is read. */
const DESCRIPTOR = {
  at: 16 * SECTOR,
  magic: [1, 6],
  label: [40, 72],
  sectors: 80,
  implanted: [883, 1395],
} as const;

export interface Volume {
  label: string;
  /** Bytes that the image says it has. */
  size: number;
  /** The line that implantisomd5 left, empty without one. */
  implanted: string;
}

/** What an image says of itself. Refuses what is no image, and one that is cut off. */
export async function volume(file: string): Promise<Volume> {
  const handle = await open(file).catch(() => refuse(`${file}: cannot be read`));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SECTOR), 0, SECTOR, DESCRIPTOR.at);
    const text = ([from, to]: readonly [number, number]) => buffer.toString('latin1', from, to);
    if (bytesRead < SECTOR || text(DESCRIPTOR.magic) !== 'CD001') refuse(`${file}: is not an ISO 9660 image`);
    const size = buffer.readUInt32LE(DESCRIPTOR.sectors) * SECTOR;
    const { size: there } = await handle.stat();
    if (there < size) refuse(`${file}: is cut off, ${there} of ${size} bytes are there`);
    return { label: text(DESCRIPTOR.label).trim(), size, implanted: text(DESCRIPTOR.implanted).trim() };
  } finally {
    await handle.close();
  }
}

/** Every file of an image by its path, with its size in bytes. */
export async function listing(file: string): Promise<Map<string, number>> {
  const { stdout } = await $`xorriso -abort_on FAILURE -indev ${file} -find / -type f -exec lsdl --`.quiet();
  const lines = stdout.matchAll(/^\S+\s+\d+\s+\S+\s+\S+\s+(\d+)\s.*?'\/(.*)'$/gm);
  return new Map([...lines].map(([, size, name = '']) => [name, Number(size)]));
}

/** Copies files or folders of an image below `into`, at the places that they have there. */
export async function extract(file: string, names: readonly string[], into: string): Promise<void> {
  for (const name of names) await fs.ensureDir(path.dirname(path.join(into, name)));
  const pairs = names.flatMap((name) => ['-extract', `/${name}`, path.join(into, name)]);
  await $`osirrox -abort_on FAILURE -indev ${file} ${pairs}`.quiet();
  await $`chmod -R u+rwX ${into}`.quiet();
}

/** Copies the FAT image that UEFI machines boot from to `to`. */
export async function extractEfi(file: string, to: string): Promise<void> {
  const folder = `${to}.boot`;
  await $`osirrox -abort_on FAILURE -indev ${file} -extract_boot_images ${folder}`.quiet();
  const name = (await fs.readdir(folder)).find((one: string) => /^eltorito_img\d+_uefi\.img$/.test(one));
  if (name === undefined) refuse(`${file}: has no boot image for UEFI`);
  await fs.move(path.join(folder, name), to, { overwrite: true });
  await fs.remove(folder);
  await fs.chmod(to, 0o644);
}
