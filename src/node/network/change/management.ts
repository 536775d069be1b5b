import { readText } from '../../../system/files.ts';
import type { KeepStep } from './plan/steps.ts';

const LIMIT = 64 * 1024;

/** Text of node.ini with the management setting in it, all else as it was; undefined when nothing is to be set. */
export async function managementText(
  path: string,
  setting: KeepStep['management'],
): Promise<string | undefined> {
  if (setting === undefined) return undefined;
  const lines = ((await readText(path, LIMIT)) ?? '').split('\n').filter((line) => !isManagement(line));
  const address = setting.address === undefined ? [] : [`management_address = ${setting.address}`];
  const rest = lines.join('\n').trim();
  return `${[`management_nic = ${setting.link}`, ...address, rest].join('\n').trim()}\n`;
}

const isManagement = (line: string): boolean => /^\s*management_(nic|address)\s*=/.test(line);
