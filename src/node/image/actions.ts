import { type Implementation, implement } from '../../api/action.ts';
import type { Storages } from '../storage/local/storages.ts';
import { ensureCached, removeCached } from './cache.ts';
import { ensureImage, removeImage } from './schema.ts';
import type { ImageSource } from './source.ts';

export const imageActions = (storages: Storages, source: ImageSource): Implementation[] => [
  implement(ensureImage, async ({ storage, ...wanted }, run) =>
    ensureCached(source, await storages.pathOf(storage), wanted, run),
  ),
  implement(removeImage, async ({ storage, image }) => removeCached(await storages.pathOf(storage), image)),
];
