import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import type { Mount } from '../../system/proc.ts';
import type { DiskFact } from '../facts/schema.ts';

/** A folder whose file system is shown. `needs` is the free space in bytes that its next use takes. */
export interface Folder {
  key: DiskFact['key'];
  label: Words;
  /** Undefined: not configured. */
  path: string | undefined;
  needs?: number;
}

/** A database dump with its check in a throw-away server may take this much. */
const BACKUP_NEEDS = 2_000_000_000;

const INSTALL: Folder = { key: 'install', label: say('install', '安装'), path: '/usr/local/zstack' };
const LOGS: Folder = { key: 'logs', label: say('logs', '日志'), path: '/var/log' };
const DATABASE: Folder = { key: 'database', label: say('database', '数据库'), path: '/var/lib/mysql' };
const BACKUP: Folder = {
  key: 'backup',
  label: say('backup', '备份'),
  path: '/var/lib/zstack/mysql-backup',
  needs: BACKUP_NEEDS,
};
const ROOT: Folder = { key: 'root', label: say('system', '系统'), path: '/' };
const STORAGE = say('storage', '主存储');

/** The folders of a role, in the order they are shown; shared volumes as they are mounted now. */
export function foldersOf(
  role: Role,
  primaryStorage: string | undefined,
  mounts: readonly Mount[],
): Folder[] {
  if (role === 'management') return [INSTALL, LOGS, BACKUP, DATABASE, ROOT];
  const storage: Folder = { key: 'storage', label: STORAGE, path: primaryStorage };
  return [INSTALL, LOGS, storage, ...(role === 'storage' ? sharedVolumes(mounts) : []), ROOT];
}

const sharedVolumes = (mounts: readonly Mount[]): Folder[] =>
  mounts
    .filter(({ type }) => type === 'ocfs2')
    .map(({ mountPoint }) => ({ key: 'storage', label: say('shared', '共享卷'), path: mountPoint }));
