import { say } from '../../api/words.ts';
import type { Field } from '../define/fields.ts';
import { badField, Refusal } from '../define/refusal.ts';
import type { Relation, Resource } from '../define/resource.ts';
import type { Condition } from './conditions.ts';

/** A condition with the field of its own table that it is about. */
export interface Bound {
  readonly column: string;
  readonly field: Field;
  readonly condition: Condition;
}

/** Conditions on one table; those on a related one must hold for one and the same row of it. */
export interface Tree {
  readonly of: Resource;
  readonly bound: Bound[];
  readonly tags: Condition[];
  readonly related: Map<string, { relation: Relation; tree: Tree }>;
}

type Find = (name: string) => Resource | undefined;

const LONGEST_PATH = 8;
const TAGS = ['__systemTag__', '__userTag__'];

const leaf = (of: Resource): Tree => ({ of, bound: [], tags: [], related: new Map() });

/** Sorts conditions by the tables that their names reach. Throws the wire's faults. */
export function treeOf(of: Resource, conditions: readonly Condition[], find: Find): Tree {
  const root = leaf(of);
  for (const condition of conditions) place(root, condition, find);
  return root;
}

function place(root: Tree, condition: Condition, find: Find): void {
  const parts = condition.name.split('.');
  const column = parts.pop() ?? '';
  const tree = reached(root, parts, condition.name, find);
  if (TAGS.includes(column)) {
    tree.tags.push({ ...condition, name: column });
    return;
  }
  const joined = Object.hasOwn(tree.of.joined, column) ? tree.of.joined[column] : undefined;
  if (joined?.column !== undefined) {
    const relation = { resource: joined.resource, from: 'uuid', to: joined.by };
    bind(leafOf(tree, column, relation, condition.name, find), joined.column, condition);
    return;
  }
  bind(tree, column, condition);
}

function bind(tree: Tree, column: string, condition: Condition): void {
  const field = Object.hasOwn(tree.of.fields, column) ? tree.of.fields[column] : undefined;
  if (field === undefined || field.neverSent === true) throw unknownField(tree.of, condition.name);
  tree.bound.push({ column, field, condition });
}

function reached(root: Tree, parts: readonly string[], name: string, find: Find): Tree {
  if (parts.length > LONGEST_PATH) throw unknownPart(root.of, name);
  const [part, ...more] = parts;
  if (part === undefined) return root;
  const alias = Object.hasOwn(root.of.aliases, part) ? root.of.aliases[part] : undefined;
  if (alias !== undefined) return reached(root, [...alias.split('.'), ...more], name, find);
  return reached(next(root, part, name, find), more, name, find);
}

function next(from: Tree, part: string, name: string, find: Find): Tree {
  const relation = Object.hasOwn(from.of.related, part) ? from.of.related[part] : undefined;
  return leafOf(from, part, relation, name, find);
}

function leafOf(from: Tree, part: string, relation: Relation | undefined, name: string, find: Find): Tree {
  const known = from.related.get(part);
  if (known !== undefined) return known.tree;
  const target = relation === undefined ? undefined : find(relation.resource);
  if (relation === undefined || target === undefined) throw unknownPart(from.of, name);
  const tree = leaf(target);
  from.related.set(part, { relation, tree });
  return tree;
}

const unknownField = (of: Resource, name: string) =>
  badField('conditions', say(`${of.name} has no field ${name}`, `${of.name} 没有字段 ${name}`));

const unknownPart = (of: Resource, name: string) =>
  new Refusal(
    'SYS.1000',
    'usage',
    say(`condition ${name}: not related to ${of.name}`, `条件 ${name}：与 ${of.name} 没有关联`),
  );
