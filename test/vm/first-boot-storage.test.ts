import { expect } from 'vitest';
import { hostSetUp } from './driver/first-boot.ts';
import { machineTest } from './driver/machine-test.ts';

machineTest('storage: set up at the first boot, through a power cut, then the console', async (lab) => {
  const node = await hostSetUp(lab, 'storage', /starting the shared storage/);
  expect(await node.run(['cat', '/proc/filesystems'])).toContain('ocfs2');
});
