import type { Api, Rest } from './api.ts';
import { KNOWN_MESSAGES } from './known-messages.ts';

/** A message that existing clients know, whether this version serves it or not. */
export type Known = Pick<Api, 'name' | 'message' | 'reply' | 'sync' | 'rest'>;

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
  const name = word.replace('*', '');
  const sync = name === word;
  const [reply] = more.filter((each) => each.startsWith('='));
  return {
    name,
    sync,
    message: `${of}.API${name}Msg`,
    reply: reply?.slice(1) ?? `${of}.API${name}${sync ? 'Reply' : 'Event'}`,
    ...restOf(more.filter((each) => each !== reply)),
  };
}

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
