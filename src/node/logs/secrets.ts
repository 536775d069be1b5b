import { readFile } from 'node:fs/promises';
import { Properties } from '../../system/properties.ts';

/** Settings whose values are secrets. */
const SECRET_KEY = /passw|secret|token|psk|key$/i;

/** Secrets that this node's configuration holds, to be masked wherever they stand. None when it cannot be read. */
export async function knownSecrets(properties: string): Promise<string[]> {
  const raw = await readFile(properties, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return Properties.parse(raw)
    .entries()
    .filter(([key, value]) => SECRET_KEY.test(key) && value !== '')
    .map(([, value]) => value);
}
