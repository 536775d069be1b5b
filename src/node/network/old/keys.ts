import type { Words } from '../../../api/words.ts';
import { versionOf } from '../change/schema/address.ts';
import { type Ifcfg, isNo, isYes } from '../ifcfg.ts';
import { harmless } from './harmless.ts';
import { NOT_UNDERSTOOD, type Problem, valueWords } from './problem.ts';

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/**
 * The settings of one file while they are read. Whoever carries a key over asks for it here, and what nobody asked
 * for and is not harmless is a problem at the end: nothing can be forgotten without a word.
 */
export class Keys {
  readonly problems: Problem[] = [];
  readonly #asked = new Set<string>();
  readonly file: string;
  readonly settings: Ifcfg;

  constructor(file: string, settings: Ifcfg) {
    this.file = file;
    this.settings = settings;
  }

  /** The value; undefined when it is not set or empty. */
  text(key: string): string | undefined {
    this.#asked.add(key);
    return this.settings[key] || undefined;
  }

  /** The value where it looks as it should; another one is a problem. */
  like(key: string, pattern: RegExp): string | undefined {
    const text = this.text(key);
    if (text === undefined || pattern.test(text)) return text;
    return this.refuse(key, valueWords(text));
  }

  yes(key: string): boolean | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    if (isYes(text)) return true;
    return isNo(text) ? false : this.refuse(key, valueWords(text));
  }

  number(key: string, least: number, most: number): number | undefined {
    const text = this.like(key, /^\d{1,10}$/);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (number >= least && number <= most) return number;
    return this.refuse(key, valueWords(text));
  }

  mac(key: string): string | undefined {
    const text = this.text(key)?.toLowerCase().replaceAll('-', ':');
    return text === undefined || MAC.test(text) ? text : this.refuse(key, valueWords(text));
  }

  address(key: string, version: 4 | 6): string | undefined {
    const text = this.text(key);
    return text === undefined || versionOf(text) === version ? text : this.refuse(key, valueWords(text));
  }

  /** `IPADDR`, `IPADDR0`, `IPADDR2`: the endings that are set, in their order. */
  endings(key: string): string[] {
    const found = Object.keys(this.settings).filter(
      (name) =>
        name.startsWith(key) && /^\d{0,3}$/.test(name.slice(key.length)) && this.settings[name] !== '',
    );
    return found.map((name) => name.slice(key.length)).sort((a, b) => Number(a || -1) - Number(b || -1));
  }

  /** These say nothing on a link of this kind. */
  pass(...keys: string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  refuse(key: string, words: Words = NOT_UNDERSTOOD): undefined {
    this.problems.push({ file: this.file, key, words });
  }

  /** Every problem, with the keys that nobody asked for. An empty value is none. */
  finish(): Problem[] {
    for (const [key, value] of Object.entries(this.settings))
      if (value !== '' && !this.#asked.has(key)) this.#unasked(key, value);
    return this.problems;
  }

  #unasked(key: string, value: string): void {
    const known = harmless(key, value);
    if (known === 'unknown') this.refuse(key);
    if (known === 'other') this.refuse(key, valueWords(value));
  }
}
