import { type Mount, unescaped } from './proc.ts';

/** A line of fstab. */
export interface FstabEntry {
  source: string;
  /** Without a slash at its end. */
  at: string;
  type: string;
  options: string[];
  /** To the letter. */
  row: string;
}

/** What fstab mounts, line by line. */
export function parseFstab(text: string): FstabEntry[] {
  const rows = text.split('\n').filter((row) => /^[^#]/.test(row.trim()));
  return rows.map((row) => {
    const [source = '', at = '', type = '', options = ''] = row.trim().split(/\s+/);
    return {
      ...{ source: unescaped(source), at: unescaped(at).replace(/(.)\/+$/, '$1') },
      ...{ type, options: options.split(','), row },
    };
  });
}

/** What fstab declares for the start of the machine, and what is not mounted. */
export function notMounted(text: string, now: readonly Mount[]): FstabEntry[] {
  const there = new Set(now.map(({ mountPoint }) => mountPoint));
  return parseFstab(text).filter(
    ({ at, options }) => at.startsWith('/') && !options.includes('noauto') && !there.has(at),
  );
}
