import { z } from 'zod';

/** The digest of the plan that a person said yes to: nothing else is made. Absent: nobody was shown one, and what is planned now is made. */
export const seen = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is no digest of a plan')
  .optional();
