import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { uuid } from '../../api/uuid.ts';
import { say, type Words } from '../../api/words.ts';
import { consolePassword, vmDefinition } from './schema/definition.ts';

/**
 * The guests of this cloud that are on this node, each by its uuid, which is the name of its libvirt domain. A domain
 * that is not of this cloud is refused by each of these actions, whatever its name (`conflict` field `vm`). All of them bear being
 * asked twice: what is so already is answered. Faults of all: `notFound` field `vm` (not on this node), `unavailable`
 * (libvirt does not run), `timeout` (it does not answer), `failed` with libvirt's own words.
 */
const vm = z.object({ vm: uuid });
const about = ({ vm: which }: { vm: string }): string => `vm ${which}`;

/** How a guest runs. */
export interface VmStarted {
  /** kvm: at the processor's speed. qemu: emulated, since no guest runs under KVM on this node, and why. */
  accelerator: 'kvm' | 'qemu';
  why?: Words;
}

const whole = vm.extend({
  /** Absent: as it was defined here last. */
  definition: vmDefinition.optional(),
});

/**
 * Defines a guest and runs it; answers when QEMU runs. One that runs already stays as it is, whatever the definition.
 * Cut off or failed, it is as before: defined as it was, or not at all, and off. Faults: `notFound` field `volume` or
 * `l2` of what is not on this node.
 */
export const startVm = defineAction<VmStarted>()({
  name: 'vm.start',
  input: whole,
  access: ['password', 'cluster'],
  lane: 'guests',
  about,
});

/** Asks the guest to shut down, and takes its power when it has not done so within a minute. */
export const stopVm = defineAction<void>()({
  name: 'vm.stop',
  input: vm,
  access: ['password', 'cluster'],
  lane: 'guests',
  about,
  told: () => say('Stop a VM', '停止云主机'),
});

/** Takes a guest's power at once. */
export const powerOffVm = defineAction<void>()({
  name: 'vm.powerOff',
  input: vm,
  access: ['password', 'cluster'],
  lane: 'guests',
  about,
  told: () => say('Power a VM off', '关闭云主机电源'),
});

/** Stops a guest as `vm.stop` and starts it as `vm.start`, so that all that waits for a start takes effect. */
export const rebootVm = defineAction<VmStarted>()({
  name: 'vm.reboot',
  input: whole,
  access: ['password', 'cluster'],
  lane: 'guests',
  about,
});

/** Freezes a guest that runs. `conflict` field `vm` for one that is off. */
export const pauseVm = defineAction<void>()({
  name: 'vm.pause',
  input: vm,
  access: ['password', 'cluster'],
  lane: 'guests',
  about,
  told: () => say('Pause a VM', '暂停云主机'),
});

/** Lets a frozen guest go on. `conflict` field `vm` for one that is off. */
export const resumeVm = defineAction<void>()({
  name: 'vm.resume',
  input: vm,
  access: ['password', 'cluster'],
  lane: 'guests',
  about,
  told: () => say('Resume a VM', '恢复云主机'),
});

/**
 * Has a guest's screen ask for a password, or for none. One that asks already asks for the new one at once; otherwise
 * it holds from the next start or reboot on, since QEMU cannot begin or end to ask while it runs. Of a guest that is not
 * defined here nothing is changed: its start brings the password.
 */
export const setConsolePassword = defineAction<void>()({
  name: 'vm.consolePassword',
  input: vm.extend({
    /** Absent: none is asked for. */
    consolePassword: consolePassword.optional(),
  }),
  access: ['cluster'],
  lane: 'guests',
  about,
  told: () => say('Set a VM’s console password', '设置云主机控制台密码'),
});

/** Takes a guest's power and the node forgets it. Its volumes stay; one that is not here is gone already. */
export const removeVm = defineAction<void>()({
  name: 'vm.remove',
  input: vm,
  access: ['cluster'],
  lane: 'guests',
  about,
});
