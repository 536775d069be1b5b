#!/usr/bin/env node
import { glob, path } from 'zx';
import type { Bench, Row } from '../test/bench/row.ts';
import './build.mts';

/**
 * Runs the benchmarks and prints their table: what was measured, what is promised, and the peers of the same run.
 *   npm run bench [-- NAME ...]      only the files whose names contain one of these
 */
const folder = path.resolve(import.meta.dirname, '..', 'test', 'bench');
const wanted = process.argv.slice(2);
const files = (await glob('*.bench.ts', { cwd: folder })).sort();
const chosen = files.filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)));

const rows: Row[] = [];
for (const file of chosen) {
  console.error(`running ${file} ...`);
  const { default: bench } = (await import(path.join(folder, file))) as { default: Bench };
  rows.push(...(await bench()));
}

const number = (value: number) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
const cells = rows.map((row) => [
  row.name,
  row.value === undefined ? 'n/a' : `${number(row.value)} ${row.unit}`,
  row.limit === undefined ? '' : `${row.least ? '>=' : '<='} ${number(row.limit)}`,
  verdict(row),
  [...Object.entries(row.peers ?? {}).map(([name, value]) => `${name} ${number(value)}`), row.note ?? '']
    .filter((text) => text !== '')
    .join(', '),
]);
const head = ['figure', 'measured', 'promised', '', 'others, notes'];
const widths = head.map((title, column) =>
  Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
);
for (const row of [head, ...cells]) {
  console.log(
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
process.exit(rows.some((row) => verdict(row) === 'MISSED') ? 1 : 0);

function verdict({ value, limit, least }: Row): '' | 'kept' | 'MISSED' {
  if (limit === undefined) return '';
  if (value === undefined) return 'MISSED';
  return (least ? value >= limit : value <= limit) ? 'kept' : 'MISSED';
}
