import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { mustRun } from '../../system/exec.ts';
import type { OpenFirewall } from './plan.ts';
import { type Given, ONCE } from './step.ts';

const TIME_MILLISECONDS = 300_000;

/** @param command opens the service's ports where a firewall runs, and prints those that it opened, a line each */
export const openFirewall = (command: readonly string[]): Executor<OpenFirewall, Given> => ({
  ...ONCE,
  async apply(_step, { given }) {
    const stdout = await mustRun(command, { timeout: TIME_MILLISECONDS });
    const ports = stdout.trim().split('\n').filter(Boolean).join(', ');
    if (ports !== '') given.tell(say(`the firewall lets ${ports} in now`, `防火墙已放行 ${ports}`));
  },
});
