import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

const MOST = 16 * 1024;

/** The JSON that came with a question. Throws `usage`. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST) throw new Fault('usage', say('that is too long', '内容过长'));
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('usage', say('not JSON', '不是 JSON'));
  }
}

/** Throws `usage` that names the first field that is wrong. */
export function parsed<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.join('.') ?? '';
  const words = say(`field ${field}: ${issue?.message}`, `字段 ${field}：${issue?.message}`);
  throw new Fault('usage', words, { field });
}
