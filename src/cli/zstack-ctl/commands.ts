import { ACCOUNT_COMMANDS } from './accounts.ts';
import { BACKUP_COMMANDS } from './backup.ts';
import { BARE_METAL_COMMANDS } from './bare-metal.ts';
import { JOIN_COMMANDS, MEMBER_COMMANDS } from './cluster.ts';
import type { CtlCommand } from './command.ts';
import { CONFIGURATION_COMMANDS } from './configuration.ts';
import { INSTALL_LICENCE } from './licence.ts';
import { LOCAL_STORAGE_COMMANDS } from './local-storage.ts';
import { LOG_COMMANDS } from './logs.ts';
import { PXE_COMMANDS } from './pxe.ts';
import { RESET_MANAGEMENT } from './reset.ts';
import { SERVICE_COMMANDS } from './services.ts';
import { SEVERAL_COMMANDS } from './several.ts';
import { VM_CONSOLE } from './vm-console.ts';

/** What these are about is there on every node; all others are about the management service. */
export const ON_EVERY_ROLE: ReadonlySet<string> = new Set([
  'status',
  'start',
  'stop',
  'diagnose',
  'collect_log',
  'vm_console',
  'storage_list',
  'storage_expand',
  'storage_remove_old',
  'join',
  'leave',
  'follow',
]);

/** In the order in which the help tells them. */
export const COMMANDS: readonly CtlCommand[] = [
  ...SERVICE_COMMANDS,
  ...JOIN_COMMANDS,
  ...MEMBER_COMMANDS,
  ...CONFIGURATION_COMMANDS,
  ...LOG_COMMANDS,
  ...BACKUP_COMMANDS,
  ...ACCOUNT_COMMANDS,
  INSTALL_LICENCE,
  RESET_MANAGEMENT,
  VM_CONSOLE,
  ...LOCAL_STORAGE_COMMANDS,
  ...BARE_METAL_COMMANDS,
  ...PXE_COMMANDS,
  ...SEVERAL_COMMANDS,
];
