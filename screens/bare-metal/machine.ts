import { reference } from '../../src/api/client.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { cancelInstallation } from '../../src/node/bare-metal/schema/install.ts';
import type {
  bootOnce,
  MachineState,
  orderPower,
  PowerOrder,
  removeMachine,
} from '../../src/node/bare-metal/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { list } from '../../src/tui/list.ts';
import { span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { told } from '../menu/values.ts';
import { carryOut, DONE } from './carry-out.ts';
import { openInstall } from './install.ts';
import { addedMachine, type Known } from './known.ts';
import {
  CANCEL_INSTALLATION,
  GONE,
  installationLines,
  powerWords,
  UNDER_WAY_FAILS,
  unavailable,
} from './words.ts';

const POWER = reference<typeof orderPower>('bareMetal.power');
const BOOT = reference<typeof bootOnce>('bareMetal.boot');
const CANCEL = reference<typeof cancelInstallation>('bareMetal.cancel');
const REMOVE = reference<typeof removeMachine>('bareMetal.remove');

interface Choice {
  label: Words;
  /** What a person should know before Y; absent: nothing is lost. */
  consequence?: Words;
  /** Whether it makes sense with the machine as it is. */
  when?(machine: MachineState): boolean;
  /** Absent: it asks for more. */
  run?(context: Context, name: string, known: Known): Promise<unknown>;
}

const power = (order: PowerOrder) => async (context: Context, name: string, known: Known) =>
  known.learned(await context.controller().call(POWER, { name, order }));

const isOn = ({ power }: MachineState): boolean => power.state !== 'unknown' && power.value === 'on';
const isOff = ({ power }: MachineState): boolean => power.state !== 'unknown' && power.value === 'off';
const LOST = say(
  'What runs there is not asked, and loses what it has not written.',
  '强制执行：未写入的数据会丢失。',
);

const CHOICES: readonly Choice[] = [
  { label: say('Install over the network', '通过网络安装') },
  { label: say('Power On', '开机'), when: isOff, run: power('on') },
  { label: say('Power Off', '关机'), consequence: LOST, when: isOn, run: power('off') },
  { label: say('Reset', '重置'), consequence: LOST, when: isOn, run: power('reset') },
  {
    label: say('Start from the network next', '下次从网络启动'),
    run: (context, name) => context.controller().call(BOOT, { name, device: 'pxe' }),
  },
  {
    label: say('Start from its disk next', '下次从磁盘启动'),
    run: (context, name) => context.controller().call(BOOT, { name, device: 'disk' }),
  },
  {
    label: CANCEL_INSTALLATION,
    consequence: UNDER_WAY_FAILS,
    when: ({ installation }) => installation !== undefined,
    run: (context, name) => context.controller().call(CANCEL, { name }),
  },
  {
    label: say('Forget this machine', '移除此机器'),
    consequence: say(
      'Its BMC and password are forgotten here; the machine itself is left as it is.',
      '将删除其 BMC 信息与密码；机器本身保持不变。',
    ),
    run: (context, name) => context.controller().call(REMOVE, { name }),
  },
];

/** What can be done with one machine. */
export function openMachine(context: Context, known: Known, name: string): void {
  const now = () => addedMachine(known.now(), name);
  context.stage.open(
    list<Choice>({
      title: same(name),
      notes: (look, columns) => notesOf(now()).flatMap((words) => wrap(look.say(words), columns)),
      rows: () => {
        const machine = now();
        return machine === undefined ? [] : CHOICES.filter(({ when }) => when?.(machine) ?? true);
      },
      row: ({ label }, look) => [span(look.say(label))],
      same: (a, b) => a.label === b.label,
      open: (choice) => ask(context, known, name, choice),
      empty: GONE,
    }),
  );
}

function notesOf(machine: MachineState | undefined): Words[] {
  if (machine === undefined) return [];
  const { protocol, address, port, user, firmware, power, installation } = machine;
  return [
    told(say('Power', '电源'), power.state === 'unknown' ? unavailable(power.why) : powerWords(machine)),
    told(say('BMC', 'BMC'), same(`${protocol} ${user}@${address}:${port}`)),
    told(say('Starts by', '固件'), same(firmware.toUpperCase())),
    ...(installation === undefined ? [] : installationLines(installation)),
  ];
}

function ask(context: Context, known: Known, name: string, { label, consequence, run }: Choice): void {
  if (run === undefined) {
    openInstall(context, known, name);
    return;
  }
  const title = say(`${label.en}: ${name}`, `${label.zh}：${name}`);
  const go = () =>
    void carryOut(context, { title, doing: label, done: DONE }, () => run(context, name, known), known.again);
  if (consequence === undefined) go();
  else context.stage.open(confirm({ title, lines: [consequence], danger: true, yes: go }));
}
