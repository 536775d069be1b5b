import type { Keepsakes } from '../zstack/keepsakes.ts';

const END = '-database';

/** By which name an engine keeps what it needs to go back. */
export const keyOf = (id: string): string => `${id}${END}`;

/** Whose that is; undefined for what others keep. */
export const idOf = (key: string): string | undefined =>
  key.endsWith(END) ? key.slice(0, -END.length) : undefined;

/** What only dumps has nowhere to keep anything. */
export function mustKeep(keepsakes: Keepsakes | undefined): Keepsakes {
  if (keepsakes === undefined) throw new Error('nowhere to keep what goes back');
  return keepsakes;
}
