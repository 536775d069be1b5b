import table from './commands.json' with { type: 'json' };
import { bodyProblems } from './rules.mts';

export type Generation = 9 | 10;

/** What a command is in one generation: its options with what each takes, or that it is no more. */
type Known = 'removed' | 'deprecated' | Readonly<Record<string, string>>;

/** One line of commands, with what stands before its options. */
export interface Command {
  line: number;
  name: string;
  options: Map<string, string>;
  words: string[];
}

export interface Kickstart {
  commands: Command[];
  /** Lines of `%packages`, without comments. */
  packages: { line: number; text: string }[];
  hasPackages: boolean;
}

const SECTIONS = /^%(packages|pre|pre-install|post|onerror|traceback|certificate|addon)\b/;

/**
 * What is wrong with a kickstart for that generation of Enterprise Linux, a line each, `LINE: what`. Empty when nothing is.
 * Beyond the syntax: one environment, a VLAN on a bond in one line, and no full kickstart that leaves the software to
 * the installer's default.
 */
export function problems(text: string, generation: Generation): string[] {
  const found: string[] = [];
  const kickstart = read(text, (line, what) => found.push(`${line}: ${what}`));
  const known = table[`${generation}`] as Readonly<Record<string, Known>>;
  for (const command of kickstart.commands)
    for (const what of syntaxProblems(command, known, generation)) found.push(`${command.line}: ${what}`);
  return [...found, ...bodyProblems(kickstart)];
}

function read(text: string, wrong: (line: number, what: string) => void): Kickstart {
  const kickstart: Kickstart = { commands: [], packages: [], hasPackages: false };
  let section: { name: string; line: number } | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = index + 1;
    const bare = raw.trim();
    if (bare === '%end') {
      if (section === undefined) wrong(line, '%end without a section');
      section = undefined;
    } else if (section !== undefined) {
      if (SECTIONS.test(bare)) wrong(line, `%${section.name} of line ${section.line} has no %end`);
      const item = bare.replace(/#.*/, '').trim();
      if (section.name === 'packages' && item !== '') kickstart.packages.push({ line, text: item });
    } else if (bare.startsWith('%')) {
      const name = SECTIONS.exec(bare)?.[1];
      if (name !== undefined) section = { name, line };
      else if (!/^%include\s+\S+$/.test(bare)) wrong(line, `${bare.split(/\s/)[0]} is no section`);
      kickstart.hasPackages ||= name === 'packages';
    } else if (bare !== '' && !bare.startsWith('#')) {
      kickstart.commands.push(command(line, bare));
    }
  });
  if (section !== undefined) wrong(section.line, `%${section.name} has no %end`);
  return kickstart;
}

/** Splits as the installer does: by spaces outside quotes; `--name=value` or `--name value` (told apart by the table). */
function command(line: number, text: string): Command {
  const parts = (text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((part) => part.replace(/["']/g, ''));
  const [name = '', ...rest] = parts;
  const options = new Map<string, string>();
  const words: string[] = [];
  for (const part of rest) {
    const [, option = '', value = ''] = /^(--[A-Za-z0-9-]+)(?:=(.*))?$/.exec(part) ?? [];
    if (option !== '') options.set(option, part.includes('=') ? value : '\0');
    else if (!part.startsWith('#')) words.push(part);
    else break;
  }
  return { line, name, options, words };
}

function syntaxProblems(
  { name, options, words }: Command,
  known: Readonly<Record<string, Known>>,
  generation: Generation,
): string[] {
  const entry = known[name];
  if (entry === undefined) return [`${name} is no command of Enterprise Linux ${generation}`];
  if (typeof entry === 'string') return [`${name} is ${entry} in Enterprise Linux ${generation}`];
  const found: string[] = [];
  let loose = words.length;
  for (const [option, value] of options) {
    const takes = entry[option];
    if (takes === undefined) found.push(`${name} has no option ${option} in Enterprise Linux ${generation}`);
    else if (/deprecated|removed/.test(takes)) found.push(`${name} ${option} is ${takes.split(' ')[1]}`);
    else if (takes.startsWith('flag') && value !== '\0') found.push(`${name} ${option} takes no value`);
    else if (takes.startsWith('value') && value === '\0' && loose-- < 1)
      found.push(`${name} ${option} needs a value`);
    else if (value === '') found.push(`${name} ${option} has an empty value`);
  }
  const missing = Object.keys(entry).filter((o) => entry[o]?.includes('required') && !options.has(o));
  return [...found, ...missing.map((option) => `${name} needs ${option}`)];
}
