import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Role } from '../../api/role.ts';
import { ensureFolder } from '../../system/files.ts';
import { type Properties, readPropertiesOrNone, writeProperties } from '../../system/properties.ts';
import { isHere } from '../network/here.ts';
import { brokerLogin, databaseLogin, type Login } from '../zstack/settings.ts';
import type { Home, Node } from './plan.ts';

const PASSWORD_BYTES = 24;

/** 32 letters, digits, `-` and `_`, which no configuration file has to escape. */
export const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');

/** Writes those settings that are not in zstack.properties yet; what stands there holds. Answers the file as it is then. */
export async function withSettings(
  path: string,
  settings: Readonly<Record<string, string>>,
): Promise<Properties> {
  const before = await readPropertiesOrNone(path);
  const missing = Object.entries(settings).filter(([key]) => (before.get(key) ?? '') === '');
  if (missing.length === 0) return before;
  await ensureFolder(dirname(path), 0o755);
  const after = before.with(Object.fromEntries(missing));
  await writeProperties(path, after);
  return after;
}

/**
 * How the node is configured. One that has worked with its own store goes on with it: with a new database it would lose
 * what is in there.
 * @param store file of the service's own store
 */
export async function nodeNow(role: Role, properties: string, store: string): Promise<Node> {
  const configured = await readPropertiesOrNone(properties);
  const own = existsSync(store) ? 'itself' : 'here';
  const database = homeOf(databaseLogin(configured)) ?? own;
  const broker = homeOf(brokerLogin(configured)) ?? (database === 'here' ? 'here' : 'itself');
  return { role, database, broker };
}

const homeOf = (login: Login | undefined): Home | undefined =>
  login === undefined ? undefined : isHere(login.host) ? 'here' : 'elsewhere';
