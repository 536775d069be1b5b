import { z } from 'zod';
import type { Action } from '../../../src/api/action.ts';
import { pickFrom } from '../../fakes/random.ts';

type Random = () => number;
/** The part of JSON Schema that the schemas of actions come out as. */
interface Shape {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  oneOf?: Shape[];
  allOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  $ref?: string;
  $defs?: Record<string, Shape>;
}

/** What somebody who means harm would put in. */
const HOSTILE = [
  '../../../../etc/shadow',
  '/etc/shadow',
  '/proc/self/environ',
  '; reboot',
  '$(reboot)',
  '`id`',
  '| sh',
  "'; DROP TABLE users; --",
  '-rf',
  '--help',
  '%s%s%n',
  'a\u0000b',
  '\u001b[2J\u001b]0;x\u0007',
  '\u202egnp.exe',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  '\n',
  'NaN',
  '1e999',
  '-1',
  '0x7f000001',
  '010.0.0.1',
  '999.1.1.1',
  'fe80::1%lo',
  '::ffff:127.0.0.1',
  '中文'.repeat(40),
  'A'.repeat(300),
  'A'.repeat(5000),
  '{}',
  '[]',
  'null',
];
/** What schemas take: only then does what lies behind them see anything. */
const PLAUSIBLE = [
  '192.0.2.7',
  '192.0.2.0/24',
  '2001:db8::1',
  '24',
  '255.255.255.0',
  'em01',
  'bond0',
  'em01.20',
  'lo',
  'root',
  'zstack',
  'job-1',
  '1',
  '00000000-0000-4000-8000-000000000001',
  '/var/log/messages',
  '2026-11-22',
  '00:30',
  'host.example',
];
const NUMBERS = [0, 1, -1, 2, 20, 255, 1024, 8080, 65_535, 65_536, 2 ** 31, 2 ** 53, 0.5, -0, 1e308];

const schemas = new Map<string, Shape>();

function shapeOf(action: Action): Shape {
  const known = schemas.get(action.name);
  if (known !== undefined) return known;
  const shape = z.toJSONSchema(action.input, { io: 'input', unrepresentable: 'any' }) as Shape;
  schemas.set(action.name, shape);
  return shape;
}

/** Values of one test's own beside these. */
let more: readonly string[] = [];

const text = (random: Random): string => pickFrom(random, random() < 0.5 ? [...HOSTILE, ...more] : PLAUSIBLE);
const anything = (random: Random): unknown =>
  pickFrom(random, [
    text(random),
    pickFrom(random, NUMBERS),
    true,
    false,
    null,
    [],
    {},
    [text(random)],
    { __proto__x: 1 },
  ]);

function madeFor(shape: Shape, random: Random, root: Shape): unknown {
  if (random() < 0.02) return anything(random);
  if (shape.$ref !== undefined)
    return madeFor(root.$defs?.[shape.$ref.split('/').at(-1) ?? ''] ?? {}, random, root);
  if ('const' in shape) return shape.const;
  if (shape.enum !== undefined) return pickFrom(random, shape.enum);
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return madeFor(pickFrom(random, choices), random, root);
  if (shape.allOf !== undefined)
    return Object.assign({}, ...shape.allOf.map((part) => madeFor(part, random, root)));
  switch (shape.type) {
    case 'object':
      return objectOf(shape, random, root);
    case 'array':
      return Array.from({ length: Math.floor(random() * 4) }, () => madeFor(shape.items ?? {}, random, root));
    case 'integer':
    case 'number':
      return random() < 0.6 ? between(shape, random) : pickFrom(random, NUMBERS);
    case 'boolean':
      return random() < 0.5;
    case 'string':
      return text(random);
    default:
      return random() < 0.7 ? text(random) : anything(random);
  }
}

const between = ({ minimum = 0, maximum = minimum + 100 }: Shape, random: Random): number =>
  Math.floor(Math.max(minimum, -1e6) + random() * (Math.min(maximum, 1e6) - Math.max(minimum, -1e6) + 1));

function objectOf(shape: Shape, random: Random, root: Shape): Record<string, unknown> {
  const required = new Set(shape.required ?? []);
  const fields = Object.entries(shape.properties ?? {}).filter(
    ([name]) => required.has(name) || random() < 0.5,
  );
  const values: [string, unknown][] = fields.map(([name, field]) => [name, madeFor(field, random, root)]);
  if (random() < 0.03)
    values.push([pickFrom(random, ['__proto__', 'constructor', 'toJSON', 'x']), text(random)]);
  return Object.fromEntries(values);
}

const HARMLESS = ['', ' ', '\n'];

/** Whether one of an input's texts is what nobody means well with; reasons, passwords and what a setting of the service is put to may be any text. */
export function isHostile(input: unknown, own: readonly string[]): boolean {
  const bad = [...HOSTILE, ...own].filter((value) => !HARMLESS.includes(value));
  if (typeof input === 'string') return bad.includes(input);
  if (typeof input !== 'object' || input === null) return false;
  return Object.entries(input).some(
    ([name, value]) => !/why|password|^settings$/i.test(name) && isHostile(value, own),
  );
}

/** An input for an action, hostile where its schema leaves room. `passes`: the schema takes it. */
export function hostileInput(
  action: Action,
  random: Random,
  own: readonly string[] = [],
): { input: unknown; passes: boolean } {
  more = own;
  const shape = shapeOf(action);
  const passes = (input: unknown) => action.input.safeParse(JSON.parse(JSON.stringify(input ?? {}))).success;
  for (let attempt = 0; attempt < 4; attempt++) {
    const input = madeFor(shape, random, shape);
    if (passes(input)) return { input, passes: true };
  }
  return { input: random() < 0.7 ? madeFor(shape, random, shape) : anything(random), passes: false };
}

/** Lines that break the protocol: each ends its connection. */
export function brokenLine(random: Random): Buffer {
  const any = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const name = text(random);
  const made = pickFrom<() => Buffer>(random, [
    () => any(1 + Math.floor(random() * 300)),
    () => Buffer.from(`{"id":1,"action":"facts.watch","input":{`),
    () => Buffer.from('[]'),
    () => Buffer.from('null'),
    () => Buffer.from('['.repeat(20_000)),
    () => Buffer.from('{"a":'.repeat(5_000)),
    () => json({ id: pickFrom(random, [0, -1, 1.5, '1', null, 2 ** 60]), action: 'facts.watch' }),
    () => json({ action: 'facts.watch' }),
    () => json({ id: 1, action: pickFrom(random, [1, null, '', 'x'.repeat(65), 'a\nb', 'é', {}]) }),
    () => json({ id: 1, cancel: pickFrom(random, ['yes', 1, {}]) }),
    () => json({ hello: { program: 'console', line: name, version: '0' } }),
    () => Buffer.from([0xff, 0xfe, 0x00]),
    () => Buffer.alloc(random() < 0.02 ? 70_000 : 10, 0x20),
  ])();
  // No line break within: one message, one answer.
  return Buffer.concat([Buffer.from(made.map((byte) => (byte === 10 ? 32 : byte))), Buffer.from('\n')]);
}
