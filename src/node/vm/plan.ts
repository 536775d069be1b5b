import type { Plan, Step } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import type { VmDefinition } from './schema/definition.ts';
import type { VmStarted } from './schema.ts';

/** A guest with what its volumes and networks are on this node; without its console's password, which is given. */
export interface Guest extends Omit<VmDefinition, 'volumes' | 'nics' | 'consolePassword'>, VmStarted {
  /** Paths of qcow2 files, the root volume's first. */
  volumes: { volume: string; path: string }[];
  nics: { mac: string; bridge: string }[];
}

/** Asks it to shut down, and takes its power after that; done where it is off. */
export interface HaltStep extends Step {
  readonly type: 'vm.halt';
  readonly vm: string;
  /** Seconds that it has for it; 0: none. */
  readonly patience: number;
}

export interface DefineStep extends Step {
  readonly type: 'vm.define';
  readonly vm: string;
  readonly guest: Guest;
}

export interface RunStep extends Step {
  readonly type: 'vm.run';
  readonly vm: string;
}

export interface UndefineStep extends Step {
  readonly type: 'vm.undefine';
  readonly vm: string;
}

export type VmStep = HaltStep | DefineStep | RunStep | UndefineStep;

const halt = (vm: string, patience: number): HaltStep => ({
  type: 'vm.halt',
  vm,
  patience,
  words:
    patience > 0
      ? say('asking the guest to shut down', '请求云主机关机')
      : say('taking its power', '关闭电源'),
});

const define = (vm: string, guest: Guest): DefineStep => ({
  type: 'vm.define',
  vm,
  guest,
  words: say('defining it', '定义云主机'),
});

const run = (vm: string): RunStep => ({ type: 'vm.run', vm, words: say('starting QEMU', '启动 QEMU') });

const undefine = (vm: string): UndefineStep => ({
  type: 'vm.undefine',
  vm,
  words: say('forgetting it', '删除定义'),
});

/**
 * @param name what people call it
 * @param guest absent: as it was defined last
 * @param isDefined it is defined just so already
 */
export const startPlan = (
  vm: string,
  name: string,
  guest: Guest | undefined,
  isDefined = false,
): Plan<VmStep> => ({
  title: say(`Start ${name}`, `启动 ${name}`),
  steps: [...(guest === undefined || isDefined ? [] : [define(vm, guest)]), run(vm)],
  warnings: slow(guest),
});

/** @param patience seconds until its power is taken */
export const rebootPlan = (
  vm: string,
  name: string,
  patience: number,
  guest: Guest | undefined,
): Plan<VmStep> => ({
  title: say(`Reboot ${name}`, `重启 ${name}`),
  steps: [halt(vm, patience), ...startPlan(vm, name, guest).steps],
  warnings: slow(guest),
  resumes: true,
});

export const removePlan = (vm: string, name: string): Plan<VmStep> => ({
  title: say(`Remove ${name} from this node`, `从本节点删除 ${name}`),
  steps: [halt(vm, 0), undefine(vm)],
  warnings: [],
  resumes: true,
});

const slow = (guest: Guest | undefined): Words[] =>
  guest?.accelerator !== 'qemu'
    ? []
    : [
        say(
          `it is emulated, many times slower than KVM: ${guest.why?.en ?? ''}`,
          `以模拟方式运行，比 KVM 慢很多：${guest.why?.zh ?? ''}`,
        ),
      ];
