import { z } from 'zod';
import { Secret } from '../../src/api/secret-text.ts';

export const fixtureInput = z.object({
  name: z.string().max(15),
  password: z.instanceof(Secret),
  port: z.int().min(1024).max(65535).optional(),
  mode: z.enum(['a', 'l']),
});
