import { type Implementation, implement } from '../../../api/action.ts';
import { connectStorage, disconnectStorage } from './schema.ts';
import type { Storages } from './storages.ts';

export const storageActions = (storages: Storages): Implementation[] => [
  implement(connectStorage, ({ storage, path }) => storages.connect(storage, path)),
  implement(disconnectStorage, ({ storage }) => storages.disconnect(storage)),
];
