import { Wrong } from '../wrong.ts';

/** A blank, a quoted text, what a backslash protects, or any other character. */
const PIECE = /(\s+)|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+)/gs;

/** A line as the words that a shell makes of it; quotes hold words together. Throws `Wrong` for one that is open. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const found of line.trim().matchAll(PIECE)) {
    if (found.index !== end) break;
    end += found[0].length;
    const [, blank, double, single, escaped, plain] = found;
    if (blank === undefined)
      word = `${word ?? ''}${double?.replace(/\\(.)/gs, '$1') ?? single ?? escaped ?? plain ?? ''}`;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (end < line.trim().length) throw new Wrong('a quote is not closed');
  return word === undefined ? words : [...words, word];
}
