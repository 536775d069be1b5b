import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APIS } from '../../../management/resource/definitions.ts';
import { folder, ownFolder } from '../session.ts';

const KEPT = 500;
/** Of calls that this version does not know the parameters of. */
const TELLING = /pass|secret|key|token|session/i;

/** Of tags such as `consolePassword::WORD`. */
const SECRET_TAG = /(password::)[^,\s"']+/gi;

const file = (): string => join(folder(), 'history');

/** Earlier lines, the latest first; none where there are none, or they cannot be read. */
export function earlierLines(): string[] {
  try {
    return readFileSync(file(), 'utf8').split('\n').filter(Boolean).slice(-KEPT).reverse();
  } catch {
    return [];
  }
}

/** Keeps a line for this user alone, once. What cannot be written is not missed. */
export function keepLine(line: string): void {
  try {
    ownFolder();
    const lines = earlierLines();
    if (lines[0] === line) return;
    if (lines.length < KEPT) appendFileSync(file(), `${line}\n`, { mode: 0o600 });
    else writeFileSync(file(), `${[line, ...lines].slice(0, KEPT).reverse().join('\n')}\n`, { mode: 0o600 });
  } catch {
    // A home that is read-only, or full.
  }
}

/** A line as it may be kept: parameters that are secret are left out, with the value to the end of its quotes. */
export function withoutSecrets(line: string): string {
  const [name = ''] = line.trimStart().split(/\s+/);
  const api = APIS.find((each) => each.name === name);
  const isSecret = (parameter: string): boolean =>
    api?.params[parameter]?.secret === true ||
    (api?.params[parameter] === undefined && TELLING.test(parameter));
  return line
    .replace(/(\s+)(\w+)=("(?:[^"\\]|\\.)*"?|'[^']*'?|\\.|[^\s"'\\])*/gs, (whole, _, parameter) =>
      isSecret(parameter) ? '' : whole,
    )
    .replace(SECRET_TAG, '$1')
    .trim();
}
