import { readPropertiesOrNone } from '../../system/properties.ts';

/** Settings whose values are secrets. */
const SECRET_KEY = /passw|secret|token|psk|key$/i;

/** Secrets that this node's configuration holds, to be masked wherever they stand. None when there is none. Throws as `readProperties`. */
export async function knownSecrets(properties: string): Promise<string[]> {
  return (await readPropertiesOrNone(properties))
    .entries()
    .filter(([key, value]) => SECRET_KEY.test(key) && value !== '')
    .map(([, value]) => value);
}
