import type { ShownPlan } from './plan.ts';
import { printable } from './printable.ts';
import { same, say, type Words } from './words.ts';

/**
 * What went wrong, from the caller's side. Exit code, retry and colour come from the kind:
 * usage (the input is wrong), notFound, conflict (the state does not allow it), refused (no right to it),
 * unavailable (a part is missing or down), timeout, failed (it was tried), internal (a defect of ours).
 */
export type FaultKind =
  | 'usage'
  | 'notFound'
  | 'conflict'
  | 'refused'
  | 'unavailable'
  | 'timeout'
  | 'failed'
  | 'internal';

/** A fault as it travels over the socket. */
export interface FaultRecord {
  kind: FaultKind;
  /** One line: what and why. */
  words: Words;
  /** The input field that is wrong, as the action's schema names it. */
  field?: string;
  /** What the person can do next. */
  next?: Words;
  /** A change stopped half-way: it could be neither finished nor undone. */
  half?: true;
  /** What would be made now, where that is no longer what the person saw; nothing was made. */
  plan?: ShownPlan;
}

export interface FaultDetails {
  field?: string;
  next?: Words;
  half?: true;
  plan?: ShownPlan;
  cause?: unknown;
}

/** What a fault quotes may be as long and as wild as somebody's input; a person reads this much of it. */
const MOST_CHARACTERS = 600;

const oneLine = (text: string): string => {
  const line = printable(text.trim().replace(/\s*[\r\n]+\s*/g, ' '));
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)}…`;
};

const inOneLine = ({ en, zh }: Words): Words => say(oneLine(en), oneLine(zh));

/** The one error type that crosses rooms; its words are made one line that a terminal can show. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly words: Words;
  readonly field: string | undefined;
  readonly next: Words | undefined;
  readonly half: true | undefined;
  readonly plan: ShownPlan | undefined;

  constructor(kind: FaultKind, words: Words, details: FaultDetails = {}) {
    const line = inOneLine(words);
    super(line.en, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Fault';
    this.kind = kind;
    this.words = line;
    this.field = details.field;
    this.half = details.half;
    this.plan = details.plan;
    this.next = details.next === undefined ? undefined : inOneLine(details.next);
  }

  toRecord(): FaultRecord {
    return {
      kind: this.kind,
      words: this.words,
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.next === undefined ? {} : { next: this.next }),
      ...(this.half && { half: this.half }),
      ...(this.plan && { plan: this.plan }),
    };
  }

  static fromRecord(record: FaultRecord): Fault {
    const { field, next, half, plan } = record;
    return new Fault(record.kind, record.words, {
      ...(field === undefined ? {} : { field }),
      ...(next === undefined ? {} : { next }),
      ...(half && { half }),
      ...(plan && { plan }),
    });
  }

  /** Anything thrown, as a Fault. What is not one already is a defect of ours. */
  static from(thrown: unknown): Fault {
    if (thrown instanceof Fault) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new Fault('internal', same(message), { cause: thrown });
  }
}

/** Exit code of a script: 2 when the call itself was wrong, 1 for the rest. */
export const exitCode = (kind: FaultKind): 1 | 2 =>
  kind === 'usage' || kind === 'notFound' || kind === 'conflict' ? 2 : 1;
