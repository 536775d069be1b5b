import { join } from 'node:path';
import { parse } from 'ini';
import { readText } from '../system/files.ts';

/** Settings of node.ini; what is absent has its default. */
export interface Config {
  /** Seconds without a key after which a password session ends. */
  idleSeconds: number;
  managementAddress?: string;
  managementNic?: string;
  /** Address of the management node that this node has joined. */
  managementNode?: string;
  /** Folder of the node's own primary storage. */
  primaryStorage?: string;
}

const FILE_LIMIT = 64 * 1024;
const IDLE_MINUTES = 10;

/** Throws, naming file and setting, when there is a value that makes no sense. */
export async function readConfig(folder: string): Promise<Config> {
  const path = join(folder, 'node.ini');
  const values: Record<string, unknown> = parse((await readText(path, FILE_LIMIT)) ?? '');
  const text = (key: string) =>
    typeof values[key] === 'string' && values[key] !== '' ? values[key] : undefined;
  const settings = {
    managementAddress: text('management_address'),
    managementNic: text('management_nic'),
    managementNode: text('management_node'),
    primaryStorage: text('primary_storage'),
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { idleSeconds: idleMinutes(path, text('idle_minutes')) * 60, ...Object.fromEntries(given) };
}

function idleMinutes(path: string, text: string | undefined): number {
  if (text === undefined) return IDLE_MINUTES;
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 120) return minutes;
  throw new Error(`${path}: idle_minutes is a whole number from 1 to 120, not ${text}`);
}
