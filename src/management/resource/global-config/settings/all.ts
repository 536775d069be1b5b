import { COMPUTE } from './compute.ts';
import type { Setting } from './kinds.ts';
import { NETWORK } from './network.ts';
import { SERVICE } from './service.ts';
import { STORAGE } from './storage.ts';

type Category = Readonly<Record<string, Setting>>;

/** Every setting of the cloud, by category and name. */
export const SETTINGS: Readonly<Record<string, Category>> = {
  ...COMPUTE,
  ...NETWORK,
  ...STORAGE,
  ...SERVICE,
};

export const settingOf = (category: string, name: string): Setting | undefined => {
  const settings = Object.hasOwn(SETTINGS, category) ? SETTINGS[category] : undefined;
  return settings !== undefined && Object.hasOwn(settings, name) ? settings[name] : undefined;
};
