import { say, type Words } from '../../api/words.ts';
import type { Problem } from './old/problem.ts';

/** Settings of one file of the older generation, by their names; of one that is set twice the last, as a shell does. */
export type Ifcfg = Record<string, string>;

export interface ParsedIfcfg {
  settings: Ifcfg;
  /** The first line that is no plain assignment. */
  problem?: Omit<Problem, 'file'>;
}

/**
 * Reads `KEY=value`, `KEY="value"` and `KEY='value'`, with comments. The files are shell scripts: whatever needs a
 * shell to be understood (variables, commands, conditions) is a problem, and so is what is no text.
 */
export function parseIfcfg(text: string): ParsedIfcfg {
  if (/[^\P{Cc}\n\r\t]|\ufffd/u.test(text)) return { settings: {}, problem: { words: NO_TEXT } };
  const settings: Ifcfg = {};
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, key = '', rest = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    const value = plainValue(rest);
    if (key === '' || value === undefined) return { settings, problem: lineProblem(at + 1, key) };
    settings[key] = value;
  }
  return { settings };
}

const NO_TEXT = say('is no text', '不是文本');

/** The value without its quotes; undefined for what only a shell can tell. */
function plainValue(rest: string): string | undefined {
  const double = /^"((?:[^"\\$`]|\\["\\$`])*)"\s*(?:\s#.*)?;?\s*$/.exec(rest)?.[1];
  if (double !== undefined) return double.replace(/\\(.)/g, '$1').trim();
  const single = /^'([^']*)'\s*(?:\s#.*)?;?\s*$/.exec(rest)?.[1];
  if (single !== undefined) return single.trim();
  return /^([^\s"'`$\\;&|<>()]*)\s*(?:\s#.*)?$/.exec(rest)?.[1];
}

const lineProblem = (line: number, key: string): Omit<Problem, 'file'> => ({
  ...(key === '' ? {} : { key }),
  words: say(`line ${line} is no plain assignment`, `第 ${line} 行不是简单的赋值`),
});

export const isYes = (text: string | undefined): boolean => /^(yes|y|true|t|on|1)$/i.test(text ?? '');
export const isNo = (text: string | undefined): boolean => /^(no|n|false|f|off|0)$/i.test(text ?? '');

/** Names that the older generation's own scripts pass over: leftovers of editors and packages. */
export const isIgnored = (name: string): boolean =>
  /(~|\.bak|\.old|\.orig|\.rpm(save|new|orig)|\.aug(new|tmp)|\.swp)$/.test(name);

/** What a file holds that says nothing at all. */
export const NOTHING: Words = say('holds no setting', '没有任何设置');
