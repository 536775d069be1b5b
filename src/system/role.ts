import { join } from 'node:path';
import { isRole, type Role } from '../api/role.ts';
import { readText } from './files.ts';

/** The word in the role file; a node without one is a management node. */
export async function readRole(folder: string): Promise<Role> {
  const path = join(folder, 'role');
  const word = ((await readText(path, 64)) ?? 'management').trim();
  if (isRole(word)) return word;
  throw new Error(`${path}: ${word} is no role`);
}
