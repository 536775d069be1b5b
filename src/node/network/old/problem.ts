import { say, type Words } from '../../../api/words.ts';

/** Why a file is not taken over. */
export interface Problem {
  file: string;
  key?: string;
  words: Words;
}

export const NOT_UNDERSTOOD = say('is not understood', '无法理解');

/** `ifcfg-em02: TEAM_CONFIG is not understood`. */
export function problemWords({ file, key, words }: Problem): Words {
  const where = key === undefined ? '' : `${key} `;
  const after = key === undefined ? '' : `${key}：`;
  return say(`${plain(file)}: ${where}${words.en}`, `${plain(file)}：${after}${words.zh}`);
}

/** What the value of a key that is known is not. */
export const valueWords = (value: string): Words => {
  const text = plain(value).slice(0, 40);
  return say(`"${text}" is not understood`, `“${text}”无法理解`);
};

/** Text of a file for a terminal: names and values of others may hold anything. */
export const plain = (text: string): string => text.replace(/[^\P{C}]/gu, '?');

/** What another program said, in one line. */
export const asProblemText = (text: string): string =>
  plain(text.trim().split('\n').at(-1) ?? '').slice(0, 120);
