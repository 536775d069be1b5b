import { inspect } from 'node:util';
import { z } from 'zod';

/** A password or key. It prints, logs and serialises as `***`; only `reveal` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** Schema of a secret field: text on the wire, a `Secret` from there on. Never empty, never a line break or NUL. */
export const secret = z.union([
  z.instanceof(Secret),
  z
    .string()
    .min(1)
    .max(512)
    .refine((text) => !/[\n\r\0]/.test(text), 'must not contain a line break')
    .transform((text) => new Secret(text)),
]);
