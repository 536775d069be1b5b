import { z } from 'zod';
import { absolutePath } from '../../../api/absolute-path.ts';
import { defineAction } from '../../../api/action.ts';
import { printable } from '../../../api/printable.ts';
import { uuid } from '../../../api/uuid.ts';
import { say, type Words } from '../../../api/words.ts';

/** As images come, and as they lie in a storage. */
export const IMAGE_FORMATS = ['qcow2', 'raw', 'iso'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Bytes of the file system that a storage is on. */
export interface StorageRoom {
  total: number;
  available: number;
}

/** What the system itself lives by: no storage is one of these, or lies below one. */
const SYSTEM = ['/dev', '/proc', '/sys', '/run', '/etc', '/boot', '/usr', '/bin', '/sbin', '/lib', '/lib64'];
/** Not to be given away as a whole; a folder below them may be. */
const SHARED = ['/', '/root', '/home', '/var', '/var/lib', '/opt', '/srv', '/mnt', '/media', '/tmp'];
/** Our own keys, records and dumps. */
const OURS = ['/var/lib/zs-node', '/var/lib/zs-node-audit', '/var/lib/zs-console', '/var/lib/zstack'];

const MOST_CHARACTERS = 512;

/** What stands against a folder as a storage; undefined when nothing does. */
function folderProblem(path: string): Words | undefined {
  if (path.length > MOST_CHARACTERS)
    return say(`is longer than ${MOST_CHARACTERS} characters`, `超过 ${MOST_CHARACTERS} 个字符`);
  if (printable(path) !== path) return say('has characters that cannot be seen', '含有不可见字符');
  const below = [...SYSTEM, ...OURS].find((folder) => path === folder || path.startsWith(`${folder}/`));
  const taken = below ?? SHARED.find((folder) => path === folder);
  if (taken !== undefined) return say(`${taken} belongs to the system`, `${taken} 属于系统，不可作为存储`);
  if (/\/\.{0,2}(\/|$)/.test(path)) return say('has an empty part, . or .. in it', '含有空的部分、. 或 ..');
  return undefined;
}

const folder = absolutePath.check(({ value, issues }) => {
  const words = folderProblem(value);
  if (words !== undefined)
    issues.push({ code: 'custom', input: value, message: words.en, params: { words } });
});

/**
 * Makes a folder of this node one share of a local primary storage: made where it is absent, and kept in the node's
 * record, so that orders name the storage and never a path. Asked again, it measures anew. Faults: `usage` field `path`
 * (belongs to the system), `conflict` field `path` (the storage is known by another path, the path belongs to another
 * storage, or a link leads elsewhere), `unavailable` field `path` (its own disk is not mounted), `failed` with the disk's
 * own trouble.
 */
export const connectStorage = defineAction<StorageRoom>()({
  name: 'storage.connect',
  input: z.object({ storage: uuid, path: folder }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ storage }) => `storage ${storage}`,
  told: ({ path }) => say(`Use ${path} as primary storage`, `将 ${path} 用作主存储`),
});

/** The node forgets a storage; what lies in it stays. One that is not known is forgotten already. */
export const disconnectStorage = defineAction<void>()({
  name: 'storage.disconnect',
  input: z.object({ storage: uuid }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ storage }) => `storage ${storage}`,
  told: () => say('Stop using a primary storage', '停止使用主存储'),
});
