import { listing } from './disc.mts';

/** The drivers of Windows guests for disks by virtio and by virtio-scsi: without them they see none. */
const DRIVERS = ['viostor', 'vioscsi'];

/** Which of these drivers an image does not have. Refuses what is no image. */
export async function driversMissing(file: string): Promise<string[]> {
  const names = [...(await listing(file)).keys()].map((name) => name.toLowerCase());
  return DRIVERS.filter((driver) => !names.some((name) => name.startsWith(`${driver}/`)));
}
