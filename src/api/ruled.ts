import { z } from 'zod';
import type { Words } from './words.ts';

/** A text field whose rule answers with words, which `params.words` of the issue carries in every language. */
export const ruled = (problem: (text: string) => Words | undefined) =>
  z
    .string()
    .trim()
    .check((payload) => {
      const words = problem(payload.value);
      if (words !== undefined)
        payload.issues.push({ code: 'custom', input: payload.value, message: words.en, params: { words } });
    });
