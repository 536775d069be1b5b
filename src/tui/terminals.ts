/** Strings of terminfo that the renderer uses, by terminfo's long names, without padding. */
type Strings = Readonly<Record<string, string>>;

/** What is known of a family of terminals. Kept here since the renderer's own reader misreads newer terminfo files. */
export interface Terminal {
  readonly name: string;
  /** 0: attributes only. */
  readonly colors: 0 | 8 | 256;
  /** Draws UTF-8, whatever the locale says; otherwise as the locale says. */
  readonly unicode: 'always' | 'locale' | 'never';
  /** The font is a full one: East Asian characters, partial blocks and Braille dots. */
  readonly fullFont: boolean;
  readonly strings: Strings;
}

const ANSI: Strings = {
  cursor_address: '\x1b[%i%p1%d;%p2%dH',
  cursor_home: '\x1b[H',
  clear_screen: '\x1b[H\x1b[J',
  clr_eol: '\x1b[K',
  parm_right_cursor: '\x1b[%p1%dC',
  change_scroll_region: '\x1b[%i%p1%d;%p2%dr',
  save_cursor: '\x1b7',
  restore_cursor: '\x1b8',
  exit_attribute_mode: '\x1b[m',
};

const EDITING: Strings = {
  parm_insert_line: '\x1b[%p1%dL',
  insert_line: '\x1b[L',
  parm_delete_line: '\x1b[%p1%dM',
  delete_line: '\x1b[M',
};

const HIDE: Strings = { cursor_invisible: '\x1b[?25l', cursor_normal: '\x1b[?25h' };
const KEYPAD: Strings = { keypad_xmit: '\x1b[?1h\x1b=', keypad_local: '\x1b[?1l\x1b>' };
/** The terminal's second screen, and pasted text between marks so that it is never taken for keys. */
const APPLICATION: Strings = {
  enter_ca_mode: '\x1b[?1049h\x1b[?2004h',
  exit_ca_mode: '\x1b[?2004l\x1b[?1049l',
};

const DEC_GRAPHICS = '``aaffggjjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~';
/** Line drawing by switching G0. */
const GRAPHICS: Strings = {
  acs_chars: DEC_GRAPHICS,
  enter_alt_charset_mode: '\x1b(0',
  exit_alt_charset_mode: '\x1b(B',
};
/** Line drawing in G1, reached by SO and SI: two bytes a switch less on slow lines. */
const SHIFTED_GRAPHICS: Strings = {
  acs_chars: DEC_GRAPHICS,
  ena_acs: '\x1b(B\x1b)0',
  enter_alt_charset_mode: '\x0e',
  exit_alt_charset_mode: '\x0f',
};

const dec = (name: string, more: Strings): Terminal => ({
  name,
  colors: 0,
  unicode: 'never',
  fullFont: false,
  strings: { ...ANSI, ...KEYPAD, ...SHIFTED_GRAPHICS, ...more },
});

/** The kernel's console: UTF-8 mode is switched on, as its charset switches do nothing in it. */
const LINUX: Terminal = {
  name: 'linux',
  colors: 8,
  unicode: 'always',
  fullFont: false,
  strings: {
    ...ANSI,
    ...EDITING,
    enter_ca_mode: '\x1b%G',
    cursor_invisible: '\x1b[?25l',
    cursor_normal: '\x1b[?25h\x1b[?0c',
  },
};

const window = (name: string, graphics: Strings): Terminal => ({
  name,
  colors: /256color|direct/.test(name) ? 256 : 8,
  unicode: 'locale',
  // A multiplexer names what it runs in after the dot.
  fullFont: !name.endsWith('.linux'),
  strings: { ...ANSI, ...EDITING, ...HIDE, ...KEYPAD, ...APPLICATION, ...graphics },
});

const WINDOWS =
  /^(xterm|alacritty|foot|konsole|gnome|vte|st|kitty|wezterm|ghostty|putty|rxvt|mlterm|iterm)([-.+].*)?$/;

/** The family of a TERM value; undefined for `dumb` and names that nothing is known of. */
export function terminalOf(term: string): Terminal | undefined {
  if (/^linux([-.].*)?$/.test(term)) return LINUX;
  if (/^vt10[0-2]([-.+].*)?$/.test(term)) return dec(term, {});
  if (/^vt[2-5][0-9]0([-.+].*)?$/.test(term)) return dec(term, { ...EDITING, ...HIDE });
  if (/^(screen|tmux)([-.+].*)?$/.test(term)) return window(term, SHIFTED_GRAPHICS);
  return WINDOWS.test(term) ? window(term, GRAPHICS) : undefined;
}

/** Whether the locale of an environment is a UTF-8 one; the first variable set decides. */
export function utf8Locale(env: NodeJS.ProcessEnv): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale);
}

/** What a terminal can show in an environment. */
export interface Ability {
  readonly terminal: Terminal;
  readonly colors: 0 | 8 | 256;
  readonly unicode: boolean;
  /** Any character of Unicode can be drawn, Chinese among them. */
  readonly full: boolean;
  /** Borders of `+`, `-` and `|`, nothing beyond ASCII. */
  readonly plain: boolean;
}

export interface Wishes {
  /** No colours, whatever the terminal has. `NO_COLOR` asks the same. */
  readonly mono?: boolean;
  /** Borders of `+`, `-` and `|`, nothing beyond ASCII, no colours. */
  readonly plain?: boolean;
}

export function abilityOf(
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  { mono = false }: Pick<Wishes, 'mono'> = {},
): Ability {
  const byLocale = terminal.unicode === 'locale' && utf8Locale(env);
  const unicode = terminal.unicode === 'always' || byLocale;
  return {
    terminal,
    colors: mono || env.NO_COLOR ? 0 : terminal.colors,
    unicode,
    full: unicode && terminal.fullFont,
    plain: false,
  };
}

/** The least that every terminal of the kind shows right, whatever its font, locale and colours really are. */
export const plainOf = (ability: Ability): Ability => ({
  ...ability,
  colors: 0,
  unicode: false,
  full: false,
  plain: true,
});
