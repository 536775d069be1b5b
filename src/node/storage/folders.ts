import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import type { Mount } from '../../system/proc.ts';
import type { DiskFact } from '../facts/schema.ts';
import { layoutOf } from '../zstack/layout.ts';

/** A folder whose file system is shown. */
export interface Folder {
  key: DiskFact['key'];
  label: Words;
  /** Undefined: not configured. */
  path: string | undefined;
  /** Free bytes that its next use takes. */
  needs?: number;
}

export interface FolderOptions {
  role: Role;
  /** The one folder of a development run. */
  dataDir?: string | undefined;
  /** Folder of the node's own primary storage. */
  primaryStorage?: string | undefined;
  /** What is mounted now. */
  mounts: readonly Mount[];
}

/** A database dump with its check in a throw-away server may take this much. */
const BACKUP_NEEDS = 2_000_000_000;

/** The folders of a role, in the order they are shown, with the shared volumes that are mounted now. */
export function foldersOf({ role, dataDir, primaryStorage, mounts }: FolderOptions): Folder[] {
  const layout = layoutOf(dataDir);
  const always: Folder[] = [
    { key: 'install', label: say('install', '安装'), path: layout.install },
    { key: 'logs', label: say('logs', '日志'), path: dataDir === undefined ? '/var/log' : layout.systemLogs },
  ];
  const backup = {
    key: 'backup',
    label: say('backup', '备份'),
    path: layout.backups,
    needs: BACKUP_NEEDS,
  } as const;
  const database = {
    key: 'database',
    label: say('database', '数据库'),
    path: databaseFolder(dataDir),
  } as const;
  const storage = { key: 'storage', label: say('storage', '主存储'), path: primaryStorage } as const;
  const ofRole = role === 'management' ? [backup, database] : [storage];
  const root: Folder = { key: 'root', label: say('system', '系统'), path: '/' };
  return [...always, ...ofRole, ...(role === 'storage' ? sharedVolumes(mounts) : []), root];
}

/** MariaDB's; a development run has only the embedded store. */
const databaseFolder = (dataDir?: string): string =>
  dataDir === undefined ? '/var/lib/mysql' : layoutOf(dataDir).state;

const sharedVolumes = (mounts: readonly Mount[]): Folder[] =>
  mounts
    .filter(({ type }) => type === 'ocfs2')
    .map(({ mountPoint }) => ({ key: 'storage', label: say('shared', '共享卷'), path: mountPoint }));
