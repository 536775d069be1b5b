import { join } from 'node:path';
import { printable } from '../api/printable.ts';
import { isRole, type Role } from '../api/role.ts';
import { say, type Words } from '../api/words.ts';
import { whyOf } from './errno.ts';
import { readText } from './files.ts';

const LIMIT = 64;
const DEFAULT: Role = 'management';

export interface RoleSetting {
  role: Role;
  /** Why it is not what the file says. */
  trouble?: Words;
}

/** The word in the role file; a node without one, or with one that makes no sense, is a management node. Never rejects. */
export async function readRole(folder: string): Promise<RoleSetting> {
  const path = join(folder, 'role');
  try {
    const text = (await readText(path, LIMIT)) ?? DEFAULT;
    const word = text.replace(/^\ufeff/, '').trim();
    if (isRole(word)) return { role: word };
    return senseless(say(`${path}: "${word}" is no role`, `${path}：“${word}”不是角色`));
  } catch (thrown) {
    return senseless(whyOf(thrown));
  }
}

const senseless = ({ en, zh }: Words): RoleSetting => ({
  role: DEFAULT,
  trouble: say(
    `${printable(en)}; taken for a management node: set it with zs-role`,
    `${printable(zh)}；按管理节点处理：请用 zs-role 设置`,
  ),
});
