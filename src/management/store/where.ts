import { type RawBuilder, sql } from 'kysely';
import { type Field, text } from '../define/fields.ts';
import { type Condition, ESCAPE, type Operator, patternOf, storedValue, valuesOf } from './conditions.ts';
import type { Tree } from './tree.ts';

type Sql = RawBuilder<unknown>;

/** What must hold for rows of a table besides the conditions: what somebody may see of it. */
export type Scope = (of: Tree['of'], alias: string) => Sql | undefined;

/** What must hold for the row that is called `alias`. */
export function wanted(tree: Tree, alias: string, scope: Scope): Sql {
  const all = [
    scope(tree.of, alias) ?? sql`1 = 1`,
    ...tree.bound.map(({ column, field, condition }) =>
      compared(sql.ref(`${alias}.${column}`), field, condition),
    ),
    ...tree.tags.map((condition) => tagged(alias, condition)),
    ...[...tree.related.values()].map(({ relation, tree: child }, index) => {
      const inner = `${alias}_${index}`;
      return sql`exists (select 1 from ${sql.table(child.of.table)} as ${sql.ref(inner)}
        where ${sql.ref(`${inner}.${relation.to}`)} = ${sql.ref(`${alias}.${relation.from}`)}
        and ${wanted(child, inner, scope)})`;
    }),
  ];
  return sql.join(all, sql` and `);
}

/** One comparison of a column. */
function compared(column: Sql, field: Field, condition: Condition): Sql {
  const { name, op, value } = condition;
  switch (op) {
    case 'is null':
    case 'is not null':
      return sql`${column} ${sql.raw(op)}`;
    case 'in':
    case 'not in':
      return sql`${column} ${sql.raw(op)} (${sql.join(valuesOf(condition, field))})`;
    case 'like':
    case 'not like':
      return sql`${column} ${sql.raw(op)} ${patternOf(condition, field)} escape ${sql.lit(ESCAPE)}`;
    default:
      return sql`${column} ${sql.raw(op)} ${storedValue(name, value, field)}`;
  }
}

/** The opposite word, of those that on tags mean that no tag matches. */
const POSITIVE: Partial<Record<Operator, Operator>> = {
  '!=': '=',
  'not in': 'in',
  'not like': 'like',
  'is null': 'is not null',
};

function tagged(alias: string, condition: Condition): Sql {
  const table = sql.table(condition.name === '__systemTag__' ? 'system_tag' : 'user_tag');
  const positive = POSITIVE[condition.op];
  const tag = `${alias}_tag`;
  const holds = compared(sql.ref(`${tag}.tag`), text(), { ...condition, op: positive ?? condition.op });
  const some = sql`exists (select 1 from ${table} as ${sql.ref(tag)}
    where ${sql.ref(`${tag}.resourceUuid`)} = ${sql.ref(`${alias}.uuid`)} and ${holds})`;
  return positive === undefined ? some : sql`not ${some}`;
}
