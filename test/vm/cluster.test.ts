import { expect } from 'vitest';
import type { Cloud, Told } from '../fakes/cloud.ts';
import { type Furnished, vmWords } from '../fakes/furnish.ts';
import { bootedAppliance } from './driver/appliance.ts';
import { CLOUD_MS, cloudOf, firstHost, furnished, isVm, loggedIn } from './driver/cloud.ts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { choose, MENU, seeFigures, unlock } from './driver/person.ts';
import { Pinger } from './driver/pinger.ts';
import { HOST, MANAGER, onOneWire } from './driver/two-machines.ts';

const PATIENT = { limitMs: CLOUD_MS };
const TOKEN = /[0-9a-z]{4}(?:-[0-9a-z]{4}){4}/;
/** A fingerprint stands in two lines. */
const HALF = /(?:[0-9a-f]{4} ){7}[0-9a-f]{4}/g;
/** Seconds between two signs of life: a host is told as lost after one that did not come. */
const BEAT = 10;
const ALL_CONNECTED = /Hosts +2 +enabled 2 +connected 2/;

interface Two {
  manager: Machine;
  host: Machine;
  pinger: Pinger;
  cloud: Cloud;
}

const rowOf = (status: string) => new RegExp(`node2 +${HOST} +enabled +${status}`);

async function twoMachines(lab: Lab): Promise<Two> {
  const wire = lab.network();
  const manager = await lab.clone(await bootedAppliance('management'), { name: 'manager' });
  const host = await lab.clone(await bootedAppliance('compute'), { name: 'host' });
  await onOneWire(wire, manager, host);
  const pinger = await Pinger.plugged(wire.port(), '198.51.100.1');
  return { manager, host, pinger, cloud: cloudOf(manager) };
}

async function openEntry(machine: Machine, shows: RegExp): Promise<string> {
  await unlock(machine, 'f2');
  await machine.screen.see(MENU);
  await choose(machine, 'Join Cluster');
  return machine.screen.see(shows);
}

/** From the menu, or a window over it. */
async function backToMain(machine: Machine): Promise<void> {
  if (!MENU.test(await machine.screen.text())) return;
  while (/─ Join Cluster ─/.test(await machine.screen.text())) {
    await machine.keyboard.press('esc');
    await machine.screen.gone(/─ Join Cluster ─/);
  }
  await machine.keyboard.press('esc');
  await seeFigures(machine);
}

/** A token from one console, typed on the other one, whose fingerprint a person compares. */
async function joinByKeys({ manager, host }: Two): Promise<void> {
  await openEntry(manager, new RegExp(`${MANAGER} +enabled +connected`));
  await manager.keyboard.press('f3');
  await manager.screen.see(/Minutes/);
  await manager.keyboard.press('ret');
  const issued = await manager.screen.see(TOKEN);
  await openEntry(host, /Management node/);
  await host.keyboard.type(`${MANAGER}\t${TOKEN.exec(issued)?.[0]}\n`);
  const found = await host.screen.see(/Fingerprint of the cluster/, PATIENT);
  expect(issued.match(HALF)).toHaveLength(2);
  expect(found.match(HALF)).toEqual(issued.match(HALF));
  await host.keyboard.press('y');
  await host.screen.see(/joined the cluster of 192\.0\.2\.2/, PATIENT);
  await manager.keyboard.press('esc');
  await manager.screen.see(rowOf('connected'), PATIENT);
  await backToMain(manager);
  await backToMain(host);
  await host.screen.see(/Cluster +192\.0\.2\.2 since/, PATIENT);
}

async function vmOn({ cloud, pinger }: Two, has: Furnished): Promise<Told> {
  const [{ uuid }] = await cloud.found('QueryHost', `managementIp=${HOST}`);
  const vm = await cloud.made('CreateVmInstance', 'name=away', ...vmWords(has), `hostUuid=${uuid}`);
  await pinger.answeredBy(vm.vmNics[0].ip, CLOUD_MS);
  return vm;
}

/** The list of hosts on the manager's console tells the host as lost, why, and as back; its VM was never away. */
async function linkCutAndBack({ manager, host, pinger, cloud }: Two, vm: Told): Promise<void> {
  await openEntry(manager, rowOf('connected'));
  await host.link(0, false);
  await manager.screen.see(rowOf('! lost'), PATIENT);
  // Lost ones come first.
  await manager.keyboard.press('home');
  await manager.screen.see(/> node2/);
  await manager.keyboard.press('ret');
  expect(await manager.screen.see(/why: /)).toMatch(/─ node2 ─[\s\S]*why: no sign of life/);
  await pinger.answeredBy(vm.vmNics[0].ip, CLOUD_MS);
  await host.link(0, true);
  await manager.keyboard.press('ret');
  await manager.screen.see(rowOf('connected'), PATIENT);
  await backToMain(manager);
  await isVm(cloud, vm, 'Running');
}

const stateOn = async (host: Machine, { uuid }: Told): Promise<string> =>
  (await host.run(['virsh', 'domstate', uuid])).trim();

/** Comes back by itself with the VM stopped, for the records too; started there, it is on its network again. */
async function hostCut({ host, manager, pinger, cloud }: Two, vm: Told): Promise<void> {
  await host.powerCut();
  await host.start();
  await host.agent.ready(CLOUD_MS);
  await isVm(cloud, vm, 'Stopped');
  await manager.screen.see(ALL_CONNECTED, PATIENT);
  expect(await stateOn(host, vm)).toBe('shut off');
  await cloud.made('StartVmInstance', `uuid=${vm.uuid}`);
  await pinger.answeredBy(vm.vmNics[0].ip, CLOUD_MS);
}

/** Its host says so on its own console, and its VM runs on; both are back when the management node is. */
async function managerCut({ host, manager, pinger, cloud }: Two, vm: Told): Promise<void> {
  await seeFigures(host);
  await manager.powerCut();
  await host.screen.see(/Cluster +n\/a: no link to 192\.0\.2\.2 since/, PATIENT);
  await pinger.answeredBy(vm.vmNics[0].ip, CLOUD_MS);
  await manager.start();
  await manager.agent.ready(CLOUD_MS);
  await manager.screen.see(ALL_CONNECTED, PATIENT);
  await host.screen.see(/Cluster +192\.0\.2\.2 since/, PATIENT);
  await loggedIn(cloud);
  await isVm(cloud, vm, 'Running');
  expect(await stateOn(host, vm)).toBe('running');
}

machineTest(
  'a second machine joins by keys, runs a VM for the cluster, is told as lost with the reason when its link is cut, and is back; the power of each is cut: both come back, and records and node agree',
  async (lab) => {
    const two = await twoMachines(lab);
    const { manager, cloud } = two;
    const has = await furnished(manager, cloud, await firstHost(cloud), 'ens17');
    await cloud.made('UpdateGlobalConfig', 'category=host', 'name=ping.interval', `value=${BEAT}`);
    await joinByKeys(two);
    const vm = await vmOn(two, has);
    await linkCutAndBack(two, vm);
    await hostCut(two, vm);
    await managerCut(two, vm);
  },
  90,
);
