import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import { bracketed } from '../../../api/host.ts';
import { printable } from '../../../api/printable.ts';
import { ruled } from '../../../api/ruled.ts';
import { secret } from '../../../api/secret.ts';
import { say, type Words } from '../../../api/words.ts';
import { canonical, serverProblem, versionOf } from '../../network/change/schema/address.ts';

export const SSH_PORT = 22;

/** A folder on another machine. */
export interface CopyPlace {
  /** IPv4, IPv6 or a hostname. */
  address: string;
  port: number;
  user: string;
  /** Absolute, without a slash at its end. */
  folder: string;
}

/** How one backup was copied: where to, or why not. */
export interface CopyDone {
  /** The place, as `copyText` writes it. */
  to: string;
  /** Path of the copy there; absent when there is none. */
  path?: string;
  /** Names of older copies that were removed there. */
  removed?: string[];
  why?: Words;
}

/** Where backups are copied to, and how the last one went. */
export interface CopyState {
  place: CopyPlace;
  hostKey: string;
  /** `at` is wall time in milliseconds since 1970; `why` is absent when it went well. */
  last?: { at: number; why?: Words };
}

/** `user@host:port:/folder`, the port only when it is another than 22, IPv6 in brackets. */
export function copyText({ address, port, user, folder }: CopyPlace): string {
  return `${user}@${bracketed(address)}${port === SSH_PORT ? '' : `:${port}`}:${folder}`;
}

const TEXT = /^([^@]+)@(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d+))?:(\/.*)$/;

/** The parts of what `copyText` writes, not checked any further; undefined when it is nothing of the kind. */
export function copyParts(text: string): CopyPlace | undefined {
  const found = TEXT.exec(text);
  if (found === null) return undefined;
  const [, user = '', ipv6, host = '', port = SSH_PORT, folder = ''] = found;
  return { user, address: ipv6 ?? host, port: Number(port), folder };
}

const MOST_PORT = 65_535;
const MOST_FOLDER = 1024;

const address = ruled((text) =>
  versionOf(text) !== undefined || !serverProblem(text)
    ? undefined
    : say('is neither an IP address nor a hostname', '不是 IP 地址或主机名'),
).transform(canonical);

const port = z.coerce
  .string()
  .pipe(
    ruled((text) =>
      /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MOST_PORT
        ? undefined
        : say(`is not a number from 1 to ${MOST_PORT}`, `不是 1 到 ${MOST_PORT} 的数字`),
    ),
  )
  .transform(Number)
  .default(SSH_PORT);

const user = ruled((text) =>
  /^[a-z0-9_][a-z0-9._-]{0,63}$/i.test(text)
    ? undefined
    : say(
        'is not a name of letters, digits, ., _ and -, at most 64',
        '不是由字母、数字、.、_、- 组成的用户名（最多 64 个字符）',
      ),
);

function folderProblem(text: string): Words | undefined {
  if (!text.startsWith('/')) return say('is not an absolute path', '不是绝对路径');
  if (text.length > MOST_FOLDER)
    return say(`is longer than ${MOST_FOLDER} characters`, `超过 ${MOST_FOLDER} 个字符`);
  if (printable(text) !== text) return say('has characters that cannot be seen', '含有不可见字符');
  if (/(^|\/)\.{1,2}(\/|$)/.test(text)) return say('has . or .. in it', '含有 . 或 ..');
  return text.replaceAll('/', '') === '' ? say('is the root folder', '是根目录') : undefined;
}

const folder = z
  .string()
  .check((payload) => {
    const words = folderProblem(payload.value);
    if (words !== undefined)
      payload.issues.push({ code: 'custom', input: payload.value, message: words.en, params: { words } });
  })
  .transform((text) => text.replace(/\/+/g, '/').replace(/\/$/, ''));

export const copyPlace = z.object({ address, port, user, folder });

/**
 * SHA-256 of the other machine's host key, for a person to compare. Faults: `unavailable`, `timeout`, each naming the
 * machine.
 */
export const copyHostKey = defineAction<{ hostKey: string }>()({
  name: 'database.copyHostKey',
  input: z.object({ address, port }),
  access: ['password'],
  lane: 'none',
});

const hostKey = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'is no SHA256 fingerprint');

/**
 * Has every backup from now on copied there. The password lets this node's own key in and is not kept; then the folder
 * is made if it is absent, and written to by that key. Nothing is set when any of it fails. Faults: those of the
 * connection, `conflict` when the machine shows another host key, and field `folder` or `password` for what is theirs.
 */
export const setCopy = defineAction<CopyState>()({
  name: 'database.setCopy',
  input: copyPlace.extend({ password: secret, hostKey }),
  access: ['password'],
  lane: 'services',
});

/** Backups are not copied any more; copies that are there stay. `conflict` when none is set. */
export const endCopy = defineAction<{ left: CopyPlace }>()({
  name: 'database.endCopy',
  input: z.object({}),
  access: ['password'],
  lane: 'services',
});

/** Said wherever it is turned off: what is left on the other machine. */
export const staysThere = (place: CopyPlace): Words =>
  say(
    `What is in ${copyText(place)} stays, and so does this node’s key in that user’s authorized_keys.`,
    `${copyText(place)} 中的副本保留不动，该用户 authorized_keys 中本节点的密钥也保留。`,
  );
