import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** 128 random bits in letters that an address may hold. */
export const TOKEN = /^[A-Za-z0-9_-]{22}$/;

/** What is handed out under one unguessable name: a folder, and beside it `TOKEN.json` that says until when. */
export interface Share {
  title: string;
  /** Wall time in milliseconds since 1970. */
  expires: number;
  /** File in the folder that holds all of it. */
  whole?: string;
}

/** The share, as long as it lasts; undefined otherwise, whyever. */
export async function findShare(root: string, token: string, now: number): Promise<Share | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const text = await readFile(join(root, `${token}.json`), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const share = JSON.parse(text) as Share;
  return share.expires > now ? share : undefined;
}
