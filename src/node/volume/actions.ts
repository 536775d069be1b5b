import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type Base, cachedImage } from '../storage/local/files.ts';
import type { Storages } from '../storage/local/storages.ts';
import { eraseVolume, makeVolume } from './files.ts';
import { createVolume, removeVolume } from './schema.ts';

export const volumeActions = (storages: Storages): Implementation[] => [
  implement(createVolume, async ({ storage, volume, image, size }) => {
    const path = await storages.pathOf(storage);
    return makeVolume(path, volume, size, image === undefined ? undefined : await baseIn(path, image));
  }),
  implement(removeVolume, async ({ storage, volume }) => eraseVolume(await storages.pathOf(storage), volume)),
];

async function baseIn(storage: string, image: string): Promise<Base> {
  const found = await cachedImage(storage, image);
  if (found !== undefined) return found;
  throw new Fault(
    'notFound',
    say('the image is not in the cache of this storage', '该存储的缓存中没有此镜像'),
    {
      field: 'image',
    },
  );
}
