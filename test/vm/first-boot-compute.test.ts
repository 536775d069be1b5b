import { hostSetUp } from './driver/first-boot.ts';
import { machineTest } from './driver/machine-test.ts';

machineTest('compute: set up at the first boot, through a power cut, then the console', async (lab) => {
  await hostSetUp(lab, 'compute', /starting virtualization/);
});
