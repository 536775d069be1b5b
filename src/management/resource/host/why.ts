import { same, say, type Words } from '../../../api/words.ts';

/** Both languages fit into the column, were every character one that JSON writes as two. */
const MOST = 230;

/** Words as a column keeps them: JSON of both languages. */
export const storedWords = ({ en, zh }: Words): string =>
  JSON.stringify(say(en.slice(0, MOST), zh.slice(0, MOST)));

/** Words from their column; a text of earlier versions reads alike in both. */
export const wordsIn = (stored: string): Words =>
  stored.startsWith('{') ? (JSON.parse(stored) as Words) : same(stored);
