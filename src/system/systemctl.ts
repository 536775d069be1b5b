import { existsSync } from 'node:fs';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { type Ran, run } from './exec.ts';

/** Whether systemd runs this machine (sd_booted(3)). */
export const isSystemdRunning = (): boolean => existsSync('/run/systemd/system');

/** @throws Fault `unavailable` where it does not. */
export function needSystemd(): void {
  if (isSystemdRunning()) return;
  throw new Fault('unavailable', say('systemd does not run here', '此处没有运行 systemd'));
}

/**
 * Gives systemd an order. Faults: `unavailable` without systemd, `refused` without the right to it, `failed` with what
 * systemctl said.
 */
export async function systemctl(verb: readonly string[], timeout = 60_000): Promise<void> {
  needSystemd();
  const ran = await run(['systemctl', '--no-ask-password', ...verb], { timeout });
  if (ran.code !== 0) throw refusal(ran);
}

function refusal({ stderr, code }: Ran): Fault {
  const text = stderr.trim().split('\n')[0] ?? '';
  const why = text === '' ? `systemctl ended with ${code}` : text;
  const kind = /access denied|authentication required|permission denied/i.test(why) ? 'refused' : 'failed';
  return new Fault(kind, say(`systemd: ${why}`, `systemd：${why}`));
}
