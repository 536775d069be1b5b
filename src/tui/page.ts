import type { Lang, Words } from '../api/words.ts';
import type { Line, Tone } from './text.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What a drawing may depend on besides the page's own state. */
export interface Look {
  readonly lang: Lang;
  /** The words in the language of now. */
  say(words: Words): string;
  /** Unicode glyphs (partial blocks, arrows) can be shown; otherwise ASCII and the line-drawing set only. */
  readonly rich: boolean;
  /** Wall time of this drawing in milliseconds since 1970; tests hold it still. */
  readonly now: number;
}

/** A place inside the page's own area, from its top left. */
interface Place {
  readonly row: number;
  readonly column: number;
}

interface Area extends Place, Size {}

/**
 * A drawing finer than text, made with blessed-contrib over the lines of the view. Ask for one only when `look.rich`;
 * otherwise say the same with `bar`. `history`: percentages from 0 to 100, oldest first, one dot column each, at the
 * right end the newest. `gauge`: one percentage, four rows high.
 */
export type Widget =
  | (Area & { readonly kind: 'history'; readonly values: readonly number[]; readonly tone: Tone })
  | (Area & { readonly kind: 'gauge'; readonly percent: number; readonly tone: Tone });

export interface View {
  readonly lines: readonly Line[];
  /** Where the text cursor stands; absent: hidden. */
  readonly cursor?: Place;
  readonly widgets?: readonly Widget[];
}

/** What a key does, as data: footer and help are made from it. */
export interface Binding {
  /** `f2`, `f12`, `enter`, `escape`, `tab`, `S-tab`, `up`, `pageup`, `home`, `space`, `k`, `K`, `?`, `C-l`, ... */
  readonly keys: readonly string[];
  /** Shown in the footer as `<F2> label`; absent: works, but is only in the help. */
  readonly label?: Words;
  readonly help: Words;
  /** Why it does nothing now; undefined when it works. Said when the key is pressed all the same. */
  disabled?(): Words | undefined;
  /** A secret is asked for next: what is typed from now on is none of anybody's business. */
  readonly asksSecret?: true;
  /** A promise: what is typed until it has settled, or a page has come, is kept for that page. */
  run(): void | Promise<void>;
}

/**
 * Something on the screen: a `screen` fills it, a `window` stands centred over what is below with border and title.
 * `draw` only computes; whatever happens outside calls `stage.refresh()`.
 */
export interface Page {
  readonly kind: 'screen' | 'window';
  readonly title: Words;
  /** Red frame: what is here can destroy. */
  readonly danger?: boolean;
  /** Its keys keep to one row. */
  readonly quiet?: boolean;
  /** Size a window wants, frame left out; it gets at most what the screen has. Screens fill. */
  wants?(most: Size, look: Look): Size;
  draw(area: Size, look: Look): View;
  bindings(): readonly Binding[];
  /** Printable text typed or pasted, when no binding took it. Answers true when it was used. */
  typed?(text: string): boolean;
  /** What is typed now is a secret. */
  secret?(): boolean;
  opened?(stage: Stage): void;
  /** What was above it has been closed: it has the keys again. */
  uncovered?(): void;
  closed?(): void;
}

/** The frame as pages see it: a stack, the topmost one has the keys. */
export interface Stage {
  open(page: Page): void;
  /** Closes this page and everything above it. */
  close(page: Page): void;
  /** Closes everything above the lowest page. */
  home(): void;
  /** Something changed: draw soon (at once after a key, at most ten times a second otherwise). */
  refresh(): void;
  /** Draws everything again from nothing (the terminal was written over). */
  repaint(): void;
  readonly look: Look;
  readonly size: Size;
  /** Says something in the footer of the topmost page until the next key. */
  notice(words: Words, tone?: Tone): void;
  /** Switches between the languages that the terminal can show. Answers the words for why not, if it cannot. */
  switchLanguage(): Words | undefined;
  /** Runs at every key, before it does anything: keeps the password session from being idle. */
  onKey(listener: () => void): void;
  /**
   * Gives the terminal itself to somebody else's text, cleared, until `use` has settled; then all is drawn again. Keys go
   * to `keys` as they come, and count as keys; nothing of them is kept.
   * @param use is given what writes to the terminal: it settles when the line has taken it
   */
  lend(
    keys: (bytes: Buffer) => void,
    use: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  ): Promise<void>;
  /** Restores the terminal and ends the program. */
  quit(exitCode: number): void;
}
