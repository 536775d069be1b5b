import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { get } from './get.ts';
import { type ImageFolders, importedFile } from './places.ts';

/** What an image's file comes from. */
export interface Part {
  /** From which byte on these are. */
  readonly from: number;
  /** Bytes of the whole, where that is known. */
  readonly total: number | undefined;
  /** What tells this version of the file from others; undefined: nothing does, and it is never gone on with. */
  readonly version: string | undefined;
  readonly bytes: Readable;
}

/** Which bytes of what are wanted. */
export interface From {
  readonly url: string;
  readonly isHere: boolean;
  /** As many are here already, of that version. */
  readonly from: number;
  readonly version: string | undefined;
  readonly signal: AbortSignal;
}

/** Opens where an image comes from; from the beginning when it is another version by now. */
export const openPart = (wanted: From, folders: ImageFolders): Promise<Part> =>
  wanted.url.startsWith('file:') ? filePart(wanted, folders) : webPart(wanted);

async function filePart({ url, from, version, signal }: From, folders: ImageFolders): Promise<Part> {
  const path = await importedFile(url, folders);
  const { size, mtimeMs } = await stat(path);
  const now = `${size} ${mtimeMs}`;
  const start = version === now && from <= size ? from : 0;
  return { from: start, total: size, version: now, bytes: createReadStream(path, { start, signal }) };
}

async function webPart({ url, isHere, from, version, signal }: From): Promise<Part> {
  const isMore = version !== undefined && from > 0;
  const headers = isMore ? { range: `bytes=${from}-`, 'if-range': version } : {};
  const answer = await get(url, { headers, isHere, signal });
  const { statusCode = 0 } = answer;
  if (statusCode === 416 && isMore) {
    answer.destroy();
    return webPart({ url, isHere, from: 0, version: undefined, signal });
  }
  if (statusCode !== 200 && statusCode !== 206) throw notGiven(answer);
  const start = statusCode === 206 ? rangeStart(answer) : 0;
  return { from: start, total: totalOf(answer, start), version: versionOf(answer), bytes: answer };
}

function rangeStart({ headers }: IncomingMessage): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN);
}

function totalOf({ headers }: IncomingMessage, from: number): number | undefined {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) ? from + length : undefined;
}

/** Weak marks tell that it means the same, not that it is the same bytes. */
function versionOf({ headers }: IncomingMessage): string | undefined {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
}

function notGiven(answer: IncomingMessage): Fault {
  answer.destroy();
  return new Fault(
    answer.statusCode !== undefined && answer.statusCode >= 500 ? 'unavailable' : 'failed',
    say(
      `the server answers ${answer.statusCode} ${answer.statusMessage}`,
      `服务器应答 ${answer.statusCode} ${answer.statusMessage}`,
    ),
  );
}
