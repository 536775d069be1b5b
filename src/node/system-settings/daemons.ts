import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { HOSTNAMED, LOCALED, type SettingsBus, TIMEDATED } from '../../system/settings-bus.ts';
import type { Keeper } from './apply.ts';

const ZONES = '/usr/share/zoneinfo';
/** Debian's keyboard is one for console and desktop; elsewhere the console has a keymap of its own. */
const DEBIAN_KEYBOARD = '/etc/default/keyboard';
const DEBIAN = '/etc/debian_version';
const LAYOUTS = '/usr/share/X11/xkb/rules/base.lst';
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
    if (!(await isThere(DEBIAN))) return bus.property(LOCALED, 'VConsoleKeymap');
    const layout = await bus.property(LOCALED, 'X11Layout');
    const variant = await bus.property(LOCALED, 'X11Variant');
    return variant === '' ? layout : `${layout}:${variant}`;
  },
  async write(value) {
    if (!(await isThere(DEBIAN))) {
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
export const keyboardNow = async (): Promise<boolean> => !(await isThere(DEBIAN)) || canSetNow();

/** Throws `notFound`, field `keyboard`. What no list tells is left to the daemon. */
export async function checkKeyboard(value: string): Promise<void> {
  const known = (await isThere(DEBIAN)) ? await debianKeyboards() : await keymaps();
  if (known === undefined || known.has(value)) return;
  throw new Fault('notFound', say(`there is no keyboard layout ${value}`, `没有键盘布局 ${value}`), {
    field: 'keyboard',
    next: say('Such as us, de, fr, de:nodeadkeys.', '例如 us、de、fr、de:nodeadkeys。'),
  });
}

async function debianKeyboards(): Promise<Set<string> | undefined> {
  const text = await readFile(LAYOUTS, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const section = (name: string) => text.split(`! ${name}\n`)[1]?.split('\n!')[0]?.split('\n') ?? [];
  const layouts = section('layout').map((line) => line.trim().split(/\s+/)[0] ?? '');
  const variants = section('variant').map((line) => {
    const [variant = '', layout = ''] = line.trim().split(/\s+/);
    return `${layout.replace(':', '')}:${variant}`;
  });
  return new Set([...layouts, ...variants].filter((name) => name !== ''));
}

async function keymaps(): Promise<Set<string> | undefined> {
  const { code, stdout } = await run(['localectl', 'list-keymaps', '--no-pager'], { timeout: LIMIT });
  return code === 0 ? new Set(stdout.split('\n')) : undefined;
}
