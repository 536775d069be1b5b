import { printableJson, printableLines } from '../api/printable.ts';

/**
 * The scripts' only ways to root's terminal. Names, logs and words of other programs stand in what they print: none
 * of it may steer the terminal.
 */
export const print = (text: string): void => void process.stdout.write(`${printableLines(text)}\n`);

/** For programs: the result alone, in one line unless it is indented. */
export const printJson = (value: unknown, indent?: number): void =>
  void process.stdout.write(`${printableJson(value, indent)}\n`);

/** Progress and troubles, beside the result. */
export const tell = (text: string): void => void process.stderr.write(`${printableLines(text)}\n`);
