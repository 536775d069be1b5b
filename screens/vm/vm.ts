import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { Vm } from '../../src/node/facts/schema.ts';
import type { pauseVm, powerOffVm, rebootVm, resumeVm, startVm, stopVm } from '../../src/node/vm/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { list } from '../../src/tui/list.ts';
import type { Binding, Look } from '../../src/tui/page.ts';
import { progress } from '../../src/tui/progress.ts';
import { fitLine, type Line, span, toned, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { VM_STATES, vmsOf } from '../main/panels/vm.ts';
import type { Entry } from '../menu/entry.ts';
import { vmsValue } from '../menu/values.ts';
import { textConsole } from './text-console.ts';

const LABEL = say('Virtual Machines', '云主机');

interface Choice {
  action: { readonly name: string };
  label: Words;
  /** What is going on meanwhile; absent: it tells its steps by itself. */
  doing?: Words;
  /** What a person should know before Y; absent: nothing is lost. */
  consequence?: Words;
  /** In which states it makes sense. */
  when: readonly Vm['state'][];
}

const ON: readonly Vm['state'][] = ['running', 'blocked'];
const OFF: readonly Vm['state'][] = ['stopped', 'crashed'];

const CHOICES: readonly Choice[] = [
  {
    action: reference<typeof startVm>('vm.start'),
    label: say('Start', '启动'),
    when: OFF,
  },
  {
    action: reference<typeof stopVm>('vm.stop'),
    label: say('Stop', '停止'),
    doing: say('waiting for it to shut down', '等待其关机'),
    consequence: say(
      'It is asked to shut down, and loses its power when it has not done so within a minute.',
      '请求其关机；一分钟内未完成则关闭电源。',
    ),
    when: ON,
  },
  {
    action: reference<typeof rebootVm>('vm.reboot'),
    label: say('Reboot', '重启'),
    consequence: say(
      'It is shut down, without power after a minute, and started again.',
      '先关机（一分钟后强制），再启动。',
    ),
    when: ON,
  },
  {
    action: reference<typeof pauseVm>('vm.pause'),
    label: say('Pause', '暂停'),
    doing: say('pausing it', '正在暂停'),
    when: ON,
  },
  {
    action: reference<typeof resumeVm>('vm.resume'),
    label: say('Resume', '恢复'),
    doing: say('resuming it', '正在恢复'),
    when: ['paused'],
  },
  {
    action: reference<typeof powerOffVm>('vm.powerOff'),
    label: say('Power Off', '关闭电源'),
    doing: say('taking its power', '正在关闭电源'),
    consequence: say('What it has not written to its disk is lost.', '未写入磁盘的数据会丢失。'),
    when: [...ON, 'paused', 'shuttingDown'],
  },
];

/** The VMs of this node: how each is, why it does not run, and what is done about it. */
export const vmEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'The VMs of this node: why one does not run, start, stop, reboot, pause. Also without the management node.',
      '本节点的云主机：未运行的原因，启动、停止、重启、暂停。无需管理节点。',
    ),
  ],
  value: vmsValue,
  when: (model) => vmsOf(model).length > 0,
  open: (context) =>
    context.stage.open(
      list({
        title: LABEL,
        rows: () => vmsOf(context.model),
        row: vmRow,
        same: (a, b) => a.uuid === b.uuid,
        open: (vm) => openVm(context, vm.uuid),
        keys: (selected) => [consoleKey(context, selected)],
        empty: say('no VMs on this node', '本节点没有云主机'),
      }),
    ),
};

function vmRow({ name, state, why }: Vm, look: Look, columns: number): Line {
  const { words, tone } = VM_STATES[state];
  const reason = why === undefined ? '' : look.say(why);
  return fitLine(
    [...fitLine([span(name)], 28), ...fitLine([span(look.say(words), tone)], 12), span(reason, 'dim')],
    columns,
  );
}

/** As it is now; undefined when it is gone. */
const vmNow = ({ model }: Context, uuid: string): Vm | undefined =>
  vmsOf(model).find((vm) => vm.uuid === uuid);

function openVm(context: Context, uuid: string): void {
  context.stage.open(
    list({
      title: same(vmNow(context, uuid)?.name ?? uuid),
      notes: (look, columns) => notesOf(vmNow(context, uuid), look, columns),
      rows: () => choicesFor(vmNow(context, uuid)),
      row: ({ label }, look) => [span(look.say(label))],
      same: (a, b) => a.label === b.label,
      open: (choice) => ask(context, uuid, choice),
      keys: () => [consoleKey(context, () => vmNow(context, uuid))],
      empty: say('nothing can be done with it here', '此处无可执行的操作'),
    }),
  );
}

function choicesFor(vm: Vm | undefined): readonly Choice[] {
  return vm?.ours === true ? CHOICES.filter(({ when }) => when.includes(vm.state)) : [];
}

function notesOf(vm: Vm | undefined, look: Look, columns: number): Line[] {
  if (vm === undefined)
    return [[span(look.say(say('it is not on this node any more', '已不在本节点')), 'warn')]];
  const { words, tone } = VM_STATES[vm.state];
  const size = [
    ...(vm.vcpus === undefined ? [] : [`${vm.vcpus} vCPU`]),
    ...(vm.memory === undefined ? [] : [bytes(vm.memory)]),
  ].join(', ');
  const rows: Line[] = [
    [span(look.say(words), tone), span(vm.why === undefined ? '' : `: ${look.say(vm.why)}`)],
    [span(size)],
    [span(vm.uuid, 'dim')],
  ];
  const hints = vm.ours === true ? [] : [FOREIGN];
  return [
    ...rows.map((row) => fitLine(row, columns)),
    ...hints.flatMap((hint) => wrap(look.say(hint), columns).map((text) => toned(text, 'dim'))),
  ];
}

const FOREIGN = say(
  'It is not of this cloud: whoever made it looks after it (virsh), and it is left alone here.',
  '不属于本云：由其创建者管理（virsh），此处不予改动。',
);

const CONSOLE = say('Text Console', '文本控制台');
const CONSOLE_HELP = say(
  'the serial line of a VM that runs; in a shell: zstack-ctl vm_console NAME',
  '运行中云主机的串口；命令行：zstack-ctl vm_console 名称',
);

/** Why a VM has no text console now. */
function withoutConsole(vm: Vm | undefined): Words | undefined {
  if (vm?.ours !== true) return say('it is not of this cloud', '不属于本云');
  return [...ON, 'paused'].includes(vm.state) ? undefined : say('it does not run', '未运行');
}

const consoleKey = (context: Context, vm: () => Vm | undefined): Binding => ({
  keys: ['c'],
  label: CONSOLE,
  help: CONSOLE_HELP,
  disabled: () => withoutConsole(vm()),
  run() {
    const now = vm();
    if (now !== undefined) context.stage.open(textConsole(context, now));
  },
});

function ask(context: Context, uuid: string, choice: Choice): void {
  if (choice.consequence === undefined) {
    void carryOut(context, uuid, choice);
    return;
  }
  const name = vmNow(context, uuid)?.name ?? uuid;
  context.stage.open(
    confirm({
      title: say(`${choice.label.en} ${name}?`, `${choice.label.zh} ${name}？`),
      lines: [choice.consequence],
      danger: true,
      yes: () => void carryOut(context, uuid, choice),
    }),
  );
}

async function carryOut(context: Context, uuid: string, { action, label, doing }: Choice): Promise<void> {
  const window = progress({ title: label, brief: true, background: () => undefined });
  context.stage.open(window.page);
  if (doing !== undefined) window.step(doing);
  try {
    await context
      .controller()
      .call(
        action,
        { vm: uuid.replaceAll('-', '') },
        { onProgress: ({ words, fraction }) => window.step(words, fraction) },
      );
    window.done(say('done', '完成'));
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
}
