import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { run } from '../../../system/exec.ts';

/** Lets the NIC's light blink. Throws `failed` where the driver cannot. */
export async function blink(nic: string, seconds: number, signal: AbortSignal): Promise<void> {
  const options = { timeout: (seconds + 5) * 1000, signal };
  const { code, stderr } = await run(['ethtool', '-p', nic, String(seconds)], options);
  if (code === 0) return;
  const why = stderr.trim().split('\n').at(-1) ?? '';
  throw new Fault('failed', say(`${nic} cannot blink: ${why}`, `${nic} 无法闪烁：${why}`));
}
