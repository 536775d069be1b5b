export type Range = { start: number; end: number } | 'whole' | 'unsatisfiable';

/** The part of a file that a Range header asks for (RFC 9110, 14.1.2). Several ranges, or none that makes sense: all of it. */
export function rangeOf(header: string | undefined, size: number): Range {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return 'whole';
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return 'whole';
  if (from === '') return Number(to) === 0 || size === 0 ? 'unsatisfiable' : last(Number(to), size);
  const start = Number(from);
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < start) return 'whole';
  return start >= size ? 'unsatisfiable' : { start, end };
}

const last = (bytes: number, size: number): Range => ({ start: Math.max(0, size - bytes), end: size - 1 });
