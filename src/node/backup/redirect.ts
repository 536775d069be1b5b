import { Transform, type TransformCallback } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { quotedName } from '../../system/mariadb.ts';

/** What the service keeps in the database. */
export const DATABASES = ['zstack', 'zstack_rest'];

/** What a dump says of itself outside its data. */
export interface Said {
  /** Databases of ours that it makes or uses; empty when it names none. */
  databases: Set<string>;
  /** Databases of others. */
  foreign: Set<string>;
  /** Accounts that what it defines would run as. */
  definers: Set<string>;
  /** Events that are to run, as [database, event]; they are switched off here. */
  events: [string, string][];
}

export interface RedirectOptions {
  /** The database that is loaded into until the dump names one. */
  first: string;
  /** By which name a database of ours is loaded. */
  target(database: string): string;
}

const NEWLINE = 10;
/** First bytes of lines that may have to be changed; data begins with others. */
const BEGINNINGS = new Set(Buffer.from('UuCcDdAa/ \r'));
/** A longer line holds data. */
const LONGEST = 1024 * 1024;

const NAME = '`(?:[^`]|``)+`|[\\w$]+';
const OF_DATABASE = new RegExp(
  `^((?:/\\*!\\d+ )?(?:USE|(?:CREATE|DROP|ALTER) (?:DATABASE|SCHEMA))\\s+(?:/\\*!\\d+ )?(?:IF (?:NOT )?EXISTS\\s*)?(?:\\*/\\s*)?)(${NAME})(.*)$`,
  'is',
);
/** In the quotes of whatever mode it was made in. */
const PART = '`(?:[^`]|``)*`|"(?:[^"]|"")*"|\'[^\']*\'';
const ACCOUNT = `(?:${PART}|\\w+)@(?:${PART}|[\\w.%-]+)`;
const VIEW_DEFINER = new RegExp(`^(/\\*!50013 )DEFINER=(${ACCOUNT}) `);
const COMMENT_DEFINER = new RegExp(`^(/\\*!\\d+ CREATE\\*/ )/\\*!\\d+ DEFINER=(${ACCOUNT})\\*/ `);
const PLAIN_DEFINER = new RegExp(`^(CREATE (?:OR REPLACE )?)DEFINER=(${ACCOUNT}) `, 'i');
const VIEW = /^\/\*!50001 (?:CREATE .*)?VIEW /;
const REFERENCE = /^ {2}CONSTRAINT `.* FOREIGN KEY .* REFERENCES `/;
const DELIMITER = /^DELIMITER\s+(\S+)/i;
const TRIGGER = new RegExp(
  `^(.*?\\bTRIGGER\\s+)(?:(${NAME})\\s*\\.\\s*)?(${NAME})(\\s+(?:BEFORE|AFTER)\\s+(?:INSERT|UPDATE|DELETE)\\s+ON\\s+)(?:(${NAME})\\s*\\.\\s*)?(?=${NAME})`,
  'is',
);
const EVENT = new RegExp(
  `^(.*?\\bEVENT (${NAME}) ON SCHEDULE (?:(?! ON COMPLETION ).)* ON COMPLETION (?:NOT )?PRESERVE )ENABLE\\b`,
  's',
);
const IS_HEAD = /^(?:\/\*!\d+ )?CREATE\b/i;

/**
 * Leads a dump into other databases than it names, and takes off what would need more rights than on these: whom its
 * views, triggers, routines and events run as. It need not be right for safety: the account that loads has rights on
 * those databases alone.
 */
export class Redirect extends Transform {
  readonly said: Said = { databases: new Set(), foreign: new Set(), definers: new Set(), events: [] };
  readonly #options: RedirectOptions;
  #database: string;
  /** The end of a statement while it is not the usual one. */
  #delimiter: string | undefined;
  /** Within the text of a routine, trigger or event, where nothing is changed. */
  #inBody = false;
  /** Within a line that is passed on. */
  #passing = false;
  /** A line's beginning that came without its end. */
  #begun: Buffer = Buffer.alloc(0);

  constructor(options: RedirectOptions) {
    super();
    this.#options = options;
    this.#database = options.first;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    this.#begun = Buffer.alloc(0);
    this.#pass(text);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#begun.length > 0) this.push(this.#changed(this.#begun));
    done();
  }

  #pass(text: Buffer): void {
    // All before `from` was passed on, all before `at` was looked at.
    let [from, at] = [0, 0];
    while (at < text.length) {
      const newline = text.indexOf(NEWLINE, at);
      const end = newline === -1 ? text.length : newline + 1;
      const isPlain = this.#passing || !(this.#delimiter !== undefined || BEGINNINGS.has(text[at] ?? 0));
      if (!isPlain) {
        if (newline === -1 && text.length - at < LONGEST) break;
        const line = text.subarray(at, end);
        const changed = this.#changed(line);
        if (changed !== line) {
          if (at > from) this.push(text.subarray(from, at));
          this.push(changed);
          from = end;
        }
      }
      this.#passing = newline === -1;
      at = end;
    }
    if (at > from) this.push(text.subarray(from, at));
    this.#begun = text.subarray(at);
  }

  /** The same buffer when nothing is to be changed. */
  #changed(line: Buffer): Buffer {
    if (line.length >= LONGEST) return line;
    const before = line.toString('latin1');
    const after =
      this.#delimiter === undefined ? this.#outside(before) : this.#inBlock(before, this.#delimiter);
    return after === before ? line : Buffer.from(after, 'latin1');
  }

  #outside(line: string): string {
    const delimiter = DELIMITER.exec(line)?.[1];
    if (delimiter !== undefined) {
      this.#delimiter = delimiter === ';' ? undefined : delimiter;
      return line;
    }
    const named = OF_DATABASE.exec(line);
    if (named !== null) return this.#named(line, named[1] ?? '', named[2] ?? '', named[3] ?? '');
    if (VIEW.test(line) || REFERENCE.test(line)) return this.#qualified(this.#definer(line));
    return this.#definer(line);
  }

  #named(line: string, before: string, quoted: string, after: string): string {
    const name = plain(quoted);
    const own = DATABASES.find((one) => one === name.toLowerCase());
    if (own === undefined) {
      this.said.foreign.add(name);
      return line;
    }
    this.said.databases.add(own);
    if (/^USE/i.test(before)) this.#database = own;
    return `${before}${quotedName(this.#options.target(own))}${after}`;
  }

  /** Names with their database before them. */
  #qualified(line: string): string {
    let text = line;
    for (const name of DATABASES)
      text = text.replaceAll(`${quotedName(name)}.`, `${quotedName(this.#options.target(name))}.`);
    return text;
  }

  #definer(line: string): string {
    for (const pattern of [VIEW_DEFINER, COMMENT_DEFINER, PLAIN_DEFINER]) {
      const found = pattern.exec(line);
      if (found === null) continue;
      this.said.definers.add((found[2] ?? '').replaceAll(/[`"']/g, ''));
      return `${found[1]}${line.slice(found[0].length)}`;
    }
    return line;
  }

  #inBlock(line: string, delimiter: string): string {
    if (!this.#inBody) {
      if (DELIMITER.test(line)) return this.#outside(line);
      if (!IS_HEAD.test(line)) return line;
    }
    const changed = this.#inBody ? line : this.#head(line);
    this.#inBody = !line.trimEnd().endsWith(delimiter);
    return changed;
  }

  /** The first line of a routine, trigger or event. */
  #head(line: string): string {
    const own = (quoted: string | undefined) => quoted === undefined || plain(quoted) === this.#database;
    return this.#definer(line)
      .replace(TRIGGER, (all, before, schema, name, timing, other) =>
        own(schema) && own(other) ? `${before}${name}${timing}` : all,
      )
      .replace(EVENT, (_all, before: string, name: string) => {
        this.said.events.push([this.#database, Buffer.from(plain(name), 'latin1').toString('utf8')]);
        return `${before}DISABLE`;
      });
  }
}

const plain = (quoted: string): string =>
  quoted.startsWith('`') ? quoted.slice(1, -1).replaceAll('``', '`') : quoted;

/** Throws when a dump brings databases of others. */
export function checkOwn({ foreign }: Said): void {
  if (foreign.size > 0) throw asksForMore([...foreign].join(', '));
}

export const asksForMore = (what: string): Fault =>
  new Fault(
    'conflict',
    say(
      `the dump holds more than this product's databases: ${what}`,
      `备份中包含本产品数据库以外的内容：${what}`,
    ),
    {
      field: 'file',
      next: say(
        `dump these alone: --databases ${DATABASES.join(' ')}`,
        `请只导出：--databases ${DATABASES.join(' ')}`,
      ),
    },
  );
