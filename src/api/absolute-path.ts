import { z } from 'zod';
import { say } from './words.ts';

const words = say('is not an absolute path', '不是绝对路径');

/** A file or folder by its whole path, taken as it is: names may end with spaces. */
export const absolutePath = z
  .string()
  .refine((path) => path.startsWith('/'), { message: words.en, params: { words } });
