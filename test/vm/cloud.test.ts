import { expect } from 'vitest';
import { vmWords } from '../fakes/furnish.ts';
import { Browser, LIT } from '../services/browser.ts';
import { bootedAppliance } from './driver/appliance.ts';
import { CLOUD_MS, cloudOf, firstHost, furnished, isVm } from './driver/cloud.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, MENU, unlock } from './driver/person.ts';
import { Pinger } from './driver/pinger.ts';

const PATIENT = { limitMs: CLOUD_MS };
const SECONDS = CLOUD_MS / 1000;

machineTest(
  'a management node becomes a cloud: by zstack-cli zone to VM, which has its address by DHCP, answers ping, is seen on the console and in a browser, and is switched off from the console',
  async (lab) => {
    const wire = lab.network();
    const node = await lab.clone(await bootedAppliance('management'), { name: 'node' });
    await node.plug(wire.port());
    const pinger = await Pinger.plugged(wire.port(), '198.51.100.1');
    const cloud = cloudOf(node);
    const has = await furnished(node, cloud, await firstHost(cloud), 'ens16');

    const vm = await cloud.made('CreateVmInstance', 'name=first', ...vmWords(has));
    await pinger.answeredBy(vm.vmNics[0].ip, CLOUD_MS);
    await node.screen.see(/VMs +1 +running 1/, PATIENT);

    const { token, port } = await cloud.made('RequestConsoleAccess', `vmInstanceUuid=${vm.uuid}`);
    const browser = await Browser.start();
    try {
      await browser.open(`http://127.0.0.1:${await node.forward(port)}/?token=${token}`);
      await browser.see(`document.getElementById('status').textContent === 'connected'`, SECONDS);
      await browser.see(`${LIT} > 500`, SECONDS);
    } finally {
      await browser.end();
    }

    await unlock(node, 'f2');
    await node.screen.see(MENU);
    await choose(node, 'Virtual Machines');
    await node.screen.see(/> first +Running/);
    await choose(node, 'first');
    await node.screen.see(/─ first ─[\s\S]*Running[\s\S]*128M/);
    await choose(node, 'Power Off');
    await node.screen.see(/Power Off first\?/);
    await node.keyboard.press('y');
    await node.screen.see(/─ Power Off ─[\s\S]*│ done +│/, PATIENT);
    await isVm(cloud, vm, 'Stopped');
    expect((await node.run(['virsh', 'domstate', vm.uuid])).trim()).toBe('shut off');
    await node.keyboard.press('ret');
    for (const seen of [/> first +Stopped/, MENU, /VMs +1 +running 0 +stopped 1/]) {
      await node.keyboard.press('esc');
      await node.screen.see(seen, PATIENT);
    }
  },
  120,
);
