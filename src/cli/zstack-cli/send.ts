import { setTimeout as sleep } from 'node:timers/promises';
import { bracketed } from '../../api/host.ts';
import type { Place } from './session.ts';
import type { Message } from './words.ts';

/** The service's answer: the fields of its reply or event. */
export interface Told {
  readonly success: boolean;
  readonly error?: { readonly code: string; readonly details: string };
  readonly inventory?: { readonly uuid?: string };
  readonly [field: string]: unknown;
}

/** The service said nothing that could be understood, or nothing at all. */
export class NoAnswer extends Error {}

interface Envelope {
  state?: string;
  uuid?: string;
  result?: string;
}

const POLL_MILLISECONDS = 500;
const LONGEST_MILLISECONDS = 30 * 60_000;

const urlOf = ({ host, port }: Place): string => `http://${bracketed(host)}:${port}/zstack/api/`;

/** Sends one message and waits until it is done, half an hour at the most. Throws `NoAnswer`. */
export async function send(
  place: Place,
  name: string,
  message: Message,
  signal: AbortSignal = new AbortController().signal,
): Promise<Told> {
  const end = performance.now() + longest(message.timeout);
  const body = JSON.stringify({ [name]: message });
  const first = await ask(urlOf(place), { method: 'POST', body, signal });
  let envelope = first;
  while (envelope.state === 'Processing') {
    if (signal.aborted) throw new NoAnswer(`not waited for: job ${first.uuid} goes on`);
    if (performance.now() > end) throw new NoAnswer(`job ${envelope.uuid} is not done yet`);
    envelope = await ask(`${urlOf(place)}result/${first.uuid}`);
    if (envelope.state === 'Processing')
      await sleep(POLL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
  return told(envelope);
}

const longest = (timeout: unknown): number => {
  const given = Number(timeout ?? -1);
  return given > 0 ? Math.min(given, LONGEST_MILLISECONDS) : LONGEST_MILLISECONDS;
};

async function ask(url: string, init: RequestInit = {}): Promise<Envelope> {
  const text = await fetch(url, { ...init, redirect: 'error' }).then(
    (response) => response.text(),
    (error: Error) => {
      const { code = error.message } = (error.cause ?? {}) as { code?: string };
      throw new NoAnswer(`${new URL(url).host} does not answer: ${code}. Does the management service run?`);
    },
  );
  return parsed<Envelope>(text);
}

const told = ({ result = '' }: Envelope): Told => {
  const [fields] = Object.values(parsed<Record<string, Told>>(result));
  if (fields === undefined) throw new NoAnswer('the answer is empty');
  return fields;
};

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new NoAnswer(text.trim().slice(0, 300) || 'the answer is empty');
  }
}
