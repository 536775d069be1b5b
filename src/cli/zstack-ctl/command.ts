import type { NodeLink } from '../node-link.ts';
import { askPassword, passwordFrom } from '../password.ts';

/** Options as they were given, by their long names in camel case. */
export type Given = Record<string, string | boolean | undefined>;

/** What a command answers: `json` for `--json`, `lines` for a person. */
export interface Answer {
  json: unknown;
  lines: readonly string[];
}

export interface CtlCommand {
  name: string;
  summary: string;
  /** `KEY=VALUE...`, when it takes words. */
  words?: string;
  options: readonly (readonly [flags: string, help: string])[];
  /** Options by the fields that they fill, where a wrong one is told by the node. */
  names?: Readonly<Record<string, string>>;
  run(node: NodeLink, given: Given, words: readonly string[]): Promise<Answer>;
}

/** The text of an option; undefined when it was not given. */
export const text = (given: Given, name: string): string | undefined =>
  typeof given[name] === 'string' ? given[name] : undefined;

/** From the option, the environment variable or the descriptor; a person at the terminal is asked otherwise. */
export async function password(
  given: Given,
  option: string,
  variable: string,
  label: string,
): Promise<string> {
  return passwordFrom(text(given, option), variable, text(given, 'passwordFd')) ?? askPassword(label);
}

export const FD: readonly [string, string] = [
  '--password-fd <N>',
  'descriptor with the passwords, one a line',
];
/** Environment variable of MySQL root's password. */
export const ROOT = 'ZSTACK_MYSQL_ROOT_PASSWORD';

export const said = (json: unknown, ...lines: string[]): Answer => ({ json, lines });
