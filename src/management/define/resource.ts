import type { Fields } from './fields.ts';
import type { Machine } from './states.ts';
import type { Table } from './table.ts';

/** Another resource that a dotted condition reaches: rows of it whose `to` is this row's `from`. */
export interface Relation {
  readonly resource: string;
  readonly from: string;
  readonly to: string;
  /** It works and is not offered. */
  readonly hidden?: true;
}

/** A list in an inventory that stands in the table of another resource. */
export interface Joined {
  readonly resource: string;
  /** Its column with this row's uuid. */
  readonly by: string;
  /** Its column that is listed; absent: its whole inventories. */
  readonly column?: string;
}

/** One kind of another resource: rows of its table whose `field` has that value, with fields of their own. */
export interface KindOf {
  readonly parent: string;
  readonly field: string;
  readonly value: string;
}

/** What the API shows: a table, and how it is called on the wire. */
export interface Resource<N extends string = string, F extends Fields = Fields> extends Table<N, F> {
  /** `Zone`: as in CreateZone and QueryZone. */
  readonly name: string;
  /** `org.zstack.header.zone`: where its messages and its inventory are. */
  readonly package: string;
  /** `ZoneVO`: its name in tags and in parameters of other APIs. */
  readonly vo: string;
  /** Below `/zstack/v1`. */
  readonly path: string;
  /** No other service of such clouds has it. */
  readonly ours?: true;
  /**
   * By which column a row is somebody's: it holds the account's uuid, or that of a resource which an account owns (its
   * own where the row itself is owned). Absent: it is nobody's.
   */
  readonly owner?: { readonly column: string; readonly is: 'account' | 'resource' };
  readonly related: Readonly<Record<string, Relation>>;
  readonly joined: Readonly<Record<string, Joined>>;
  readonly kindOf?: KindOf;
  /** Short names of dotted paths. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly states?: Machine;
  /** Fields by which it belongs to another resource, and goes with it. */
  readonly goesWith: readonly string[];
  /** States in which it goes with nothing: what it belongs to is kept. */
  readonly staysIn: readonly string[];
  /** Another resource that keeps it while that is in such a state; its uuid stands in `by`. */
  readonly heldBy?: { readonly resource: string; readonly by: string };
  /** Patterns of the system tags that a person may give it; `{x}` is any text without `::`. */
  readonly tags: readonly string[];
}

type Given<N extends string, F extends Fields> = Pick<Resource<N, F>, 'name' | 'package' | 'path'> &
  Partial<Resource<N, F>> & { readonly table: N; readonly fields: F };

export const resource = <const N extends string, F extends Fields>(given: Given<N, F>): Resource<N, F> => ({
  vo: `${given.name}VO`,
  key: ['uuid'],
  related: {},
  joined: {},
  aliases: {},
  goesWith: [],
  staysIn: [],
  tags: [],
  ...given,
});

interface Kind {
  readonly name: string;
  readonly package: string;
  readonly path: string;
  /** Column that tells the kind, and its value for this one. */
  readonly field: string;
  readonly value: string;
}

/** One kind of a resource as a resource of its own, in the same table. */
export const kindOf = <N extends string, F extends Fields>(
  parent: Resource<N, F>,
  { field, value, ...named }: Kind,
): Resource<N, F> => ({
  ...parent,
  ...named,
  vo: `${named.name}VO`,
  kindOf: { parent: parent.name, field, value },
});

/** The full name of what an answer contains. */
export const inventoryOf = ({ package: of, name }: Resource): string => `${of}.${name}Inventory`;
