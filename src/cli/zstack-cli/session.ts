import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PORTS } from '../../api/ports.ts';

/** Whom the session is of: it is sent to nobody else. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

const isDefault = ({ host, port }: Place): boolean =>
  ['localhost', '127.0.0.1', '::1'].includes(host) && port === PORTS.api;

/** What the program keeps for its user. */
export const folder = (): string => join(homedir(), '.zstack', 'cli');

function fileOf(place: Place): string {
  const name = isDefault(place) ? 'session' : `session-${place.host.replaceAll(':', '.')}-${place.port}`;
  return join(folder(), name);
}

/** The session that an earlier log-in of this user left. */
export function keptSession(place: Place): string | undefined {
  try {
    return readFileSync(fileOf(place), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Makes the folder, which nobody else may enter. */
export const ownFolder = (): void => void mkdirSync(folder(), { recursive: true, mode: 0o700 });

/** Keeps a session for the calls that come, readable for this user alone. */
export function keepSession(place: Place, uuid: string): void {
  ownFolder();
  const draft = `${fileOf(place)}.${process.pid}`;
  writeFileSync(draft, `${uuid}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, fileOf(place));
}

export const forgetSession = (place: Place): void => rmSync(fileOf(place), { force: true });
