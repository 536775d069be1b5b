import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import type { Keyboard } from './schema.ts';

/** Debian's keyboard is one for console and desktop; elsewhere the console has a keymap of its own. */
const DEBIAN = '/etc/debian_version';
const LAYOUTS = '/usr/share/X11/xkb/rules/base.lst';
const LIMIT = 20_000;

/** Whether the keyboard is set as Debian does. */
export const isDebianKeyboard = (): boolean => existsSync(DEBIAN);

/** The layouts that this machine knows; undefined where nothing lists them. */
export async function keyboards(): Promise<Keyboard[] | undefined> {
  return isDebianKeyboard() ? listedIn(await readFile(LAYOUTS, 'utf8').catch(() => '')) : keymaps();
}

/** Throws `notFound`, field `keyboard`. What no list tells is left to the daemon. */
export async function checkKeyboard(value: string): Promise<void> {
  const known = await keyboards();
  if (known === undefined || known.some((one) => one.value === value)) return;
  throw new Fault('notFound', say(`there is no keyboard layout ${value}`, `没有键盘布局 ${value}`), {
    field: 'keyboard',
    next: say('Such as us, de, fr, de:nodeadkeys.', '例如 us、de、fr、de:nodeadkeys。'),
  });
}

/** Layouts, then variants, of a list of xkb's: `  de  German`, `  nodeadkeys  de: German (no dead keys)`. */
export function listedIn(text: string): Keyboard[] | undefined {
  const section = (name: string) => text.split(`! ${name}\n`)[1]?.split('\n!')[0]?.split('\n') ?? [];
  const layouts = section('layout').flatMap((line) => {
    const [, value, about] = /^\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    return value === undefined ? [] : [{ value, about: about ?? '' }];
  });
  const variants = section('variant').flatMap((line) => {
    const [, variant, layout, about] = /^\s+(\S+)\s+(\S+): (.+)$/.exec(line) ?? [];
    return variant === undefined ? [] : [{ value: `${layout}:${variant}`, about: about ?? '' }];
  });
  return layouts.length === 0 ? undefined : [...layouts, ...variants];
}

async function keymaps(): Promise<Keyboard[] | undefined> {
  const { code, stdout } = await run(['localectl', 'list-keymaps', '--no-pager'], { timeout: LIMIT });
  const names = stdout.split('\n').filter((name) => name !== '');
  return code === 0 ? names.map((value) => ({ value, about: '' })) : undefined;
}
