/** Codes of SQLite for a row whose key, or whose columns that no two rows share, are there already. */
const SQLITE = [1555, 2067];

/** Whether a row was refused because another one has what no two rows may share. */
export function isDuplicate(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ER_DUP_ENTRY' || SQLITE.includes(Number(errcode));
}
