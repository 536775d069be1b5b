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
  /** Seconds that a network change waits for its evidence, and until it is taken back. */
  networkEvidence: number;
  networkCountdown: number;
  /** Minutes until the screen goes dark; absent: as the kernel was told. */
  blankMinutes?: number;
}

const FILE_LIMIT = 64 * 1024;
const IDLE_MINUTES = 10;
const EVIDENCE_SECONDS = 45;
const COUNTDOWN_SECONDS = 60;

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
  const whole = (key: string, normal: number, least: number, most: number) =>
    wholeNumber(`${path}: ${key}`, text(key), { normal, least, most });
  return {
    idleSeconds: whole('idle_minutes', IDLE_MINUTES, 1, 120) * 60,
    networkEvidence: whole('network_evidence_seconds', EVIDENCE_SECONDS, 5, 300),
    networkCountdown: whole('network_countdown_seconds', COUNTDOWN_SECONDS, 10, 600),
    ...(text('blank_minutes') === undefined ? {} : { blankMinutes: whole('blank_minutes', 0, 0, 60) }),
    ...Object.fromEntries(given),
  };
}

interface Range {
  normal: number;
  least: number;
  most: number;
}

function wholeNumber(what: string, text: string | undefined, { normal, least, most }: Range): number {
  if (text === undefined) return normal;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${what} is a whole number from ${least} to ${most}, not ${text}`);
}
