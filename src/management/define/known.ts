import type { Api, Rest } from './api.ts';
import { KNOWN_MESSAGES } from './known-messages.ts';

/** Who may send a message besides admin. */
export interface Right {
  /** `instance`, or `instance:read` where it only looks. */
  readonly name: string;
  readonly accountsOnly: boolean;
}

/** A message that existing clients know, whether this version serves it or not. */
export interface Known extends Pick<Api, 'name' | 'message' | 'reply' | 'sync' | 'rest'> {
  /** Absent: admin alone. */
  readonly right?: Right;
  /** Clients no longer offer it. */
  readonly obsolete?: true;
}

let known: readonly Known[] | undefined;

/** All of them. */
export function knownMessages(): readonly Known[] {
  known ??= KNOWN_MESSAGES.trim().split('\n').flatMap(inPackage);
  return known;
}

function inPackage(line: string): Known[] {
  const [of = '', entries = ''] = line.split(': ');
  return entries.split('; ').map((entry) => knownOf(of, entry.split(' ')));
}

function knownOf(of: string, [word = '', ...more]: readonly string[]): Known {
  const name = word.replace(/[*-]+$/, '');
  const sync = !word.includes('*');
  const [reply] = more.filter((each) => each.startsWith('='));
  const [right] = more.filter((each) => each.startsWith('@'));
  return {
    name,
    sync,
    message: `${of}.API${name}Msg`,
    reply: reply?.slice(1) ?? `${of}.API${name}${sync ? 'Reply' : 'Event'}`,
    ...(word.endsWith('-') ? { obsolete: true as const } : {}),
    ...(right === undefined ? {} : { right: rightOf(right.slice(1)) }),
    ...restOf(more.filter((each) => each !== reply && each !== right)),
  };
}

const rightOf = (word: string): Right => ({
  name: word.replace('!', ''),
  accountsOnly: word.endsWith('!'),
});

function restOf([method, places = '', action]: readonly string[]): { rest?: Rest } {
  const [path = '', ...optionalPaths] = places.split(',');
  if (method === undefined) return {};
  return {
    rest: {
      method: method as Rest['method'],
      path,
      ...(optionalPaths.length === 0 ? {} : { optionalPaths }),
      ...(action === undefined ? {} : { isAction: true, parameterName: action }),
    },
  };
}
