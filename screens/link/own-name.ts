import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRole } from '../../src/api/role.ts';
import type { NodeModel } from '../main/model.ts';

/** Role and name as this program can read them by itself, for the time before the controller answers. */
export function ownName(configFolder: string): NonNullable<NodeModel['self']> {
  const role = roleIn(join(configFolder, 'role'));
  return { hostname: hostname(), ...(isRole(role) ? { role } : {}) };
}

function roleIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // A development run has no such file: the controller tells the role when it answers.
    return '';
  }
}
