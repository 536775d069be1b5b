import { say } from '../../src/api/words.ts';
import type { Asking } from '../../src/node/bare-metal/schema/pxe.ts';
import type { MachineState } from '../../src/node/bare-metal/schema.ts';
import { list } from '../../src/tui/list.ts';
import type { Binding, Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { clockTime } from '../format.ts';
import { openAdd } from './add.ts';
import { type BareMetal, type Known, watchMachines } from './known.ts';
import { LABEL } from './label.ts';
import { openMachine } from './machine.ts';
import { serviceKey } from './service.ts';
import { firmwareWords, installationWords, powerWords, pxeWords } from './words.ts';

/** The last column has what is left of eighty. */
const WIDTHS = [18, 8, 16, 5] as const;

type Row = { readonly machine: MachineState } | { readonly asking: Asking };

/** The service and its machines, and those that ask to start from the network and are not known. */
export async function openMachines(context: Context): Promise<void> {
  const { known, leave } = await watchMachines(context);
  context.stage.open(machinesPage(context, known, leave));
}

const machinesPage = (context: Context, known: Known, then: () => void) =>
  list<Row>({
    title: LABEL,
    notes: (look, columns) => notes(known.now(), look, columns),
    header: (look) =>
      cells(
        [
          say('Machine', '机器'),
          say('Power', '电源'),
          say('BMC', 'BMC'),
          say('Boot', '固件'),
          say('Installation', '安装'),
        ].map(look.say),
      ),
    rows: () => rowsOf(known.now()),
    row: (row, look) => ('machine' in row ? machineRow(row.machine, look) : askingRow(row.asking, look)),
    same: (a, b) => keyOf(a) === keyOf(b),
    open: (row) =>
      'machine' in row ? openMachine(context, known, row.machine.name) : openAdd(context, known, row.asking),
    openLabel: say('Choose', '选择'),
    keys: () => [serviceKey(context, known), addKey(context, known)],
    empty: say('no machines yet: F4 adds one', '尚无机器：按 F4 添加'),
    then,
  });

const keyOf = (row: Row): string => ('machine' in row ? row.machine.name : row.asking.mac);

/** Machines first; one that asks and is to be installed is no stranger. */
function rowsOf({ machines, pxe }: BareMetal): Row[] {
  const asking = pxe.asking.state === 'unknown' ? [] : pxe.asking.value;
  const known = machines.flatMap(({ installation }) => installation?.macs ?? []);
  return [
    ...machines.map((machine) => ({ machine })),
    ...asking.filter(({ mac }) => !known.includes(mac)).map((one) => ({ asking: one })),
  ];
}

function notes({ pxe, read, why }: BareMetal, look: Look, columns: number): Line[] {
  const old =
    why === undefined
      ? []
      : [
          say(
            `! as of ${clockTime(read)}, not read since: ${why.en}`,
            `! ${clockTime(read)} 的状态，此后未能读取：${why.zh}`,
          ),
        ];
  return [
    ...old.flatMap((words) => wrap(look.say(words), columns, 'warn')),
    ...pxeWords(pxe).flatMap((words) => wrap(look.say(words), columns)),
  ];
}

/** Cells in columns; the last one takes what it needs. */
const cells = (texts: readonly string[]): Line =>
  texts.flatMap((text, at) => (WIDTHS[at] === undefined ? [span(text)] : fitLine([span(text)], WIDTHS[at])));

function machineRow(machine: MachineState, look: Look): Line {
  const { name, address, firmware } = machine;
  return cells([
    name,
    look.say(powerWords(machine)),
    address,
    firmware.toUpperCase(),
    look.say(installationWords(machine)),
  ]);
}

function askingRow({ mac, at, firmware }: Asking, look: Look): Line {
  const words = say(
    `asked to start from the network at ${clockTime(at)} (${firmwareWords(firmware).en})`,
    `${clockTime(at)} 请求网络启动（${firmwareWords(firmware).zh}）`,
  );
  return [...fitLine([span(mac)], WIDTHS[0]), span(look.say(words), 'warn')];
}

const addKey = (context: Context, known: Known): Binding => ({
  keys: ['f4'],
  label: say('Add a machine', '添加机器'),
  help: say('by the address of its BMC', '按其 BMC 地址'),
  run: () => openAdd(context, known),
});
