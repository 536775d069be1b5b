/** What the bench of the API has in its store. */
export const HOSTS = 10_000;
export const VMS = 100_000;
export const ZONES = 10;

/** Uuids that are spread over the whole range, as random ones are. */
export function uuidAt(at: number): string {
  const spread = ((at * 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
  return `${spread}${at.toString(16).padStart(4, '0').slice(-4)}40008000${at.toString(16).padStart(12, '0')}`;
}

export const SESSION = uuidAt(8_000_000);
export const PAGE = { zone: uuidAt(1_000_003) };

/** Characters that an answer of 100 rows has at least. */
export const LEAST_PAGE = 20_000;

export type Asked =
  | { readonly constant: string }
  | { readonly statements: 'hosts' | 'vms'; readonly seconds: number }
  | { readonly port: true };
