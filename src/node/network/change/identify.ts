import { Fault } from '../../../api/fault.ts';
import { same, say, type Words } from '../../../api/words.ts';
import { run } from '../../../system/exec.ts';

/** Lets the NIC's light blink. Throws `failed` where the driver cannot. */
export async function blink(nic: string, seconds: number, signal: AbortSignal): Promise<void> {
  const options = { timeout: (seconds + 5) * 1000, signal };
  const { code, stderr } = await run(['ethtool', '-p', nic, String(seconds)], options);
  if (code === 0) return;
  const { en, zh } = reason(stderr);
  throw new Fault('failed', say(`${nic} cannot blink: ${en}`, `${nic} 无法闪烁：${zh}`));
}

/** In words for what most virtual NICs answer, else as ethtool says it. */
function reason(stderr: string): Words {
  const why = stderr.trim().split('\n').at(-1) ?? '';
  return /operation not supported/i.test(why) ? say('its driver has no way to', '其驱动不支持') : same(why);
}
