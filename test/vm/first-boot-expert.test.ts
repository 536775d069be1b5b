import { expect } from 'vitest';
import { LOGIN_PROMPT } from './driver/appliance.ts';
import { installed, isOver, logSays } from './driver/first-boot.ts';
import { machineTest } from './driver/machine-test.ts';
import { BOOT_MS } from './driver/wait.ts';

machineTest('expert: nothing is set up, tty1 becomes the log-in prompt', async (lab) => {
  const node = await installed(lab, 'expert');
  expect((await logSays(node, /Expert node ready/)).at(-1)).toMatch(
    /zstack-installer -E \(management\), zs-role compute, zs-role storage$/,
  );
  await isOver(node);
  await node.screen.see(LOGIN_PROMPT, { limitMs: BOOT_MS });
});
