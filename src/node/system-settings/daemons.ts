import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { HOSTNAMED, LOCALED, type SettingsBus, TIMEDATED } from '../../system/settings-bus.ts';
import type { Keeper } from './apply.ts';
import { isDebianKeyboard } from './keyboards.ts';

const ZONES = '/usr/share/zoneinfo';
const DEBIAN_KEYBOARD = '/etc/default/keyboard';
const LIMIT = 20_000;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The name that lasts over a start; the kernel's own follows it. */
export const hostnameKeeper = (bus: SettingsBus): Keeper<string> => ({
  async read() {
    const lasting = await bus.property(HOSTNAMED, 'StaticHostname');
    return lasting === '' ? bus.property(HOSTNAMED, 'Hostname') : lasting;
  },
  write: (name) => bus.order(HOSTNAMED, 'SetStaticHostname', 's', [name]),
});

export const zoneKeeper = (bus: SettingsBus): Keeper<string> => ({
  read: () => bus.property(TIMEDATED, 'Timezone'),
  write: (zone) => bus.order(TIMEDATED, 'SetTimezone', 's', [zone]),
});

/** Throws `notFound`, field `zone`, that names one which was meant. */
export async function checkZone(zone: string): Promise<void> {
  const found = await stat(join(ZONES, zone)).catch(() => undefined);
  if (found?.isFile() === true) return;
  const word = zone.split('/').at(-1)?.toLowerCase() ?? '';
  const near = Intl.supportedValuesOf('timeZone').find((name) => name.toLowerCase().endsWith(`/${word}`));
  throw new Fault('notFound', say(`there is no time zone ${zone}`, `没有时区 ${zone}`), {
    field: 'zone',
    ...(near === undefined ? {} : { next: say(`Meant: ${near}?`, `是否为 ${near}？`) }),
  });
}

export const keyboardKeeper = (bus: SettingsBus): Keeper<string> => ({
  async read() {
    if (!isDebianKeyboard()) return bus.property(LOCALED, 'VConsoleKeymap');
    const layout = await bus.property(LOCALED, 'X11Layout');
    const variant = await bus.property(LOCALED, 'X11Variant');
    return variant === '' ? layout : `${layout}:${variant}`;
  },
  async write(value) {
    if (!isDebianKeyboard()) {
      await bus.order(LOCALED, 'SetVConsoleKeyboard', 'ssb', [value, '', false]);
      return;
    }
    const [layout = '', variant = ''] = value.split(':');
    await bus.order(LOCALED, 'SetX11Keyboard', 'ssssb', [layout, 'pc105', variant, '', false]);
    if (await canSetNow()) await run(['setupcon', '--force', '--keyboard-only'], { timeout: LIMIT });
  },
});

const canSetNow = async (): Promise<boolean> => (await isThere('/bin/setupcon')) && isThere(DEBIAN_KEYBOARD);

/** Whether the text console takes a new layout without a restart of the machine. */
export const keyboardNow = async (): Promise<boolean> => !isDebianKeyboard() || canSetNow();
