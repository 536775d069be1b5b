import type { Vault } from '../secrets/vault.ts';
import type { OrderRow } from './order-row.ts';

type Part = Record<string, unknown>;

/** An order's input as its host is told it, with the secrets in their places. Throws as the vault does. */
export function inputOf(
  { input, sealed, resource }: Pick<OrderRow, 'input' | 'sealed' | 'resource'>,
  vault: Vault,
): unknown {
  const whole = JSON.parse(input);
  for (const [place, each] of Object.entries<string>(JSON.parse(sealed ?? '{}')))
    put(whole, place.split('.'), vault.open(each, resource));
  return whole;
}

function put(part: Part, [name = '', ...more]: readonly string[], value: unknown): void {
  if (more.length === 0) part[name] = value;
  else put(part[name] as Part, more, value);
}
