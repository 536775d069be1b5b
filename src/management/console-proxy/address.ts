import type { IncomingMessage } from 'node:http';

/** What is asked for: a file of the page, or the screen itself. */
export interface Wanted {
  readonly token: string;
  /** Below the token; '' is the page. */
  readonly file: string;
}

/** `/TOKEN/FILE`; older clients write `/?token=TOKEN` and `/websockify?token=TOKEN`. Undefined for anything else. */
export function wantedOf({ url = '' }: IncomingMessage): Wanted | undefined {
  if (!URL.canParse(url, 'http://proxy')) return undefined;
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const [, token, file] = /^\/([\w-]{43})\/([\w.-]*)$/.exec(pathname) ?? [];
  if (token !== undefined && file !== undefined) return { token, file };
  const asked = searchParams.get('token');
  return asked !== null && /^\/(websockify\/?)?$/.test(pathname) ? { token: asked, file: '' } : undefined;
}

/**
 * Whether a page of that origin may connect: one of the same machine, whatever its port (the web UI has another one).
 * Clients that are no browsers name no origin.
 */
export function isOwnOrigin({ headers: { origin, host = '' } }: IncomingMessage): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin) || !URL.canParse(`http://${host}`)) return false;
  return new URL(origin).hostname === new URL(`http://${host}`).hostname;
}
