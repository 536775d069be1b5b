import type { Role } from '../src/api/role.ts';
import { say } from '../src/api/words.ts';
import { absentEntry } from './absent/absent.ts';
import { backupEntry } from './backup/backup.ts';
import { bareMetalEntry } from './bare-metal/entry.ts';
import { changePasswordsEntry } from './change-password/change-password.ts';
import { collectLogsEntry } from './collect-logs/collect-logs.ts';
import { consoleProxyEntry } from './console-proxy/console-proxy.ts';
import { diagnoseEntry } from './diagnose/diagnose.ts';
import { joinEntry } from './join/entry.ts';
import { licenceEntry } from './licence/licence.ts';
import { localStorageEntry } from './local-storage/local-storage.ts';
import type { NodeModel } from './main/model.ts';
import type { Entry } from './menu/entry.ts';
import { ocfs2Value } from './menu/values.ts';
import { networkEntries } from './network/entries.ts';
import { networkResetEntry } from './network/reset.ts';
import { dropEntry, resetEntry } from './reset/reset.ts';
import { restartControllerEntry } from './restart-controller/restart-controller.ts';
import { servicesEntry } from './services/services.ts';
import { systemSettingsEntry } from './system-settings/system-settings.ts';
import { terminalInfoEntry } from './terminal-info/terminal-info.ts';
import { testNetworkEntry } from './test-network/test-network.ts';
import { viewLogsEntry } from './view-logs/view-logs.ts';
import { vmEntry } from './vm/vm.ts';

const SHELL = say('It cannot be done in the shell either.', '命令行中也无法完成。');

/** The configuration menu, in its order. */
const ENTRIES: readonly Entry[] = [
  restartControllerEntry,
  changePasswordsEntry,
  networkEntries.rename,
  testNetworkEntry,
  networkEntries.configure,
  networkEntries.management,
  consoleProxyEntry,
  collectLogsEntry,
  backupEntry,
  servicesEntry,
  vmEntry,
  resetEntry,
  dropEntry,
  terminalInfoEntry,
  joinEntry,
  bareMetalEntry,
  localStorageEntry,
  absentEntry(
    say('Shared Storage (OCFS2)', '共享存储 (OCFS2)'),
    [say('Format, cluster members, mount.', '格式化、集群成员、挂载。')],
    SHELL,
    { roles: ['storage'], value: ocfs2Value },
  ),
  diagnoseEntry,
  systemSettingsEntry,
  viewLogsEntry,
  networkResetEntry,
  licenceEntry,
];

/** The entries that a node of this role has now. */
export const entriesOf = (role: Role, model: NodeModel): Entry[] =>
  ENTRIES.filter((entry) => entry.roles?.includes(role) ?? true).filter(
    (entry) => entry.when?.(model) ?? true,
  );
