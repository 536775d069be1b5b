import { run } from './exec.ts';

/** What listens on TCP ports, as `ss` tells it. Fault `unavailable` without `ss`. */
export async function listening(): Promise<string> {
  return (await run(['ss', '-ltnpH'], { timeout: 10_000 })).stdout;
}

/** Name of the process that listens on a port, as `ss` tells it; undefined when nobody does. */
export function holderOf(text: string, port: number): string | undefined {
  const line = text.split('\n').find((row) => row.split(/\s+/)[3]?.endsWith(`:${port}`));
  return line === undefined ? undefined : (/users:\(\("([^"]+)"/.exec(line)?.[1] ?? 'another program');
}

/** Names under which the management service shows in a list of processes. */
export const MANAGEMENT_PROCESS = /^(node|zs-management|MainThread)$/;
