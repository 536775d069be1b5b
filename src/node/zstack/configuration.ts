import { dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { ensureFolder } from '../../system/files.ts';
import { readProperties, readPropertiesOrNone, writeProperties } from '../../system/properties.ts';
import type { Setting } from './schema.ts';

const SECRET = /passw|secret|token|psk|key$/i;
const COPY = 'zstack.properties';

/** Settings of the file; values of secrets are not among them. */
export async function settingsIn(path: string): Promise<Setting[]> {
  const properties = await readPropertiesOrNone(path);
  return properties.entries().map(([key, value]) => ({
    key,
    value: SECRET.test(key) ? '***' : value,
    source: path,
  }));
}

export async function configure(path: string, settings: Record<string, string>): Promise<void> {
  const before = await readPropertiesOrNone(path);
  await ensureFolder(dirname(path), 0o755);
  await writeProperties(path, before.with(settings));
}

export async function saveCopy(path: string, folder: string): Promise<string> {
  await ensureFolder(folder).catch((error) => {
    throw new Fault('usage', whyOf(error), { field: 'folder', cause: error });
  });
  const copy = join(folder, COPY);
  await writeProperties(copy, await readProperties(path));
  return copy;
}

export async function bringBack(path: string, folder: string): Promise<void> {
  const copy = await readProperties(join(folder, COPY)).catch((thrown) => {
    const { kind, words } = Fault.from(thrown);
    throw new Fault(kind, say(`no copy to bring back: ${words.en}`, `没有可恢复的备份：${words.zh}`));
  });
  await writeProperties(path, copy);
}
