import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { readText } from '../../system/files.ts';
import { Properties } from '../../system/properties.ts';
import { LICENCE_TYPES, type Licence } from './schema.ts';

const FILE_LIMIT = 64 * 1024;
const KEY_FILE = 'licence-key.pem';
const SIGNATURE = /^signature\s*=\s*([A-Za-z0-9+/=]+)\s*$/m;

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .transform((text) => Date.parse(`${text}T00:00:00Z`))
  .refine((time) => !Number.isNaN(time));
const count = z.coerce.number().int().min(1).max(1_000_000);

/** Settings of a licence file. `request` is the code of the machine that it is for. */
const content = z.object({
  type: z.enum(LICENCE_TYPES),
  request: z.string(),
  user: z.string().optional(),
  issued: day.optional(),
  expires: day.optional(),
  hosts: count.optional(),
  cpus: count.optional(),
});

/**
 * Checks a licence: `KEY = VALUE` lines, the last of them `signature`, the publisher's Ed25519 signature in Base64 over
 * all that stands before it. Answers what it allows. Throws `conflict` that says what is wrong with it.
 */
export function checkLicence(text: string, key: KeyObject, request: string): Licence {
  const match = SIGNATURE.exec(text);
  if (match?.[1] === undefined) throw wrong(say('it has no signature', '没有签名'));
  const signed = Buffer.from(text.slice(0, match.index));
  if (!verify(null, signed, key, Buffer.from(match[1], 'base64')))
    throw wrong(say("its signature is not the publisher's: it was altered", '签名不符：文件已被改动'));
  const parsed = content.safeParse(Object.fromEntries(Properties.parse(signed.toString('latin1')).entries()));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw wrong(say(`its ${field} makes no sense`, `其中 ${field} 无效`));
  }
  const { request: meant, ...licence } = parsed.data;
  if (meant !== request)
    throw wrong(
      say(
        `it is for the machine ${meant}, and this one is ${request}`,
        `其适用机器为 ${meant}，本机为 ${request}`,
      ),
    );
  const given = Object.entries(licence).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as Licence;
}

/** Whether it has ended: it is good up to the end of its last day. */
export const hasEnded = ({ expires }: Licence, now: number): boolean =>
  expires !== undefined && now >= expires + DAY;
const DAY = 86_400_000;

/** Throws `conflict` when it has ended. */
export function checkTerm(licence: Licence, now: number): Licence {
  if (!hasEnded(licence, now)) return licence;
  const end = new Date(licence.expires ?? 0).toISOString().slice(0, 10);
  throw wrong(say(`it ended on ${end}`, `已于 ${end} 到期`));
}

/** A licence file's text. Throws `notFound`, `conflict` when it is much too large for one. */
export async function licenceText(path: string): Promise<string> {
  const text = await readText(path, FILE_LIMIT).catch((thrown) => {
    throw new Fault('conflict', say('it cannot be read as a licence', '无法作为许可证读取'), {
      field: 'file',
      cause: thrown,
    });
  });
  if (text !== undefined) return text;
  throw new Fault('notFound', say(`there is no ${path}`, `${path} 不存在`), { field: 'file' });
}

/** The publisher's key. Throws `unavailable` when this node has none. */
export async function publisherKey(config: string): Promise<KeyObject> {
  const path = join(config, KEY_FILE);
  const text = await readText(path, FILE_LIMIT);
  if (text !== undefined) return keyIn(text, path);
  throw new Fault(
    'unavailable',
    say(
      `this node has no publisher's key to check licences with (${path})`,
      `本节点没有用于校验许可证的发布者公钥（${path}）`,
    ),
  );
}

function keyIn(text: string, path: string): KeyObject {
  try {
    return createPublicKey(text);
  } catch (thrown) {
    throw new Fault('unavailable', say(`${path} is no public key`, `${path} 不是公钥`), { cause: thrown });
  }
}

const wrong = (words: Words): Fault =>
  new Fault('conflict', say(`the licence is not good: ${words.en}`, `许可证无效：${words.zh}`), {
    field: 'file',
  });
