import { z } from 'zod';
import { Secret } from './secret-text.ts';

// The class stands in a file of its own so that a program can hold a secret without loading the schema library.
export { Secret };

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
