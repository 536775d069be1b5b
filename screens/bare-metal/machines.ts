import { say } from '../../src/api/words.ts';
import type { Asking } from '../../src/node/bare-metal/schema/pxe.ts';
import type { ApiMachine, BareMachine, MachineState } from '../../src/node/bare-metal/schema.ts';
import { list } from '../../src/tui/list.ts';
import type { Binding, Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { clockTime, sinceTime } from '../format.ts';
import { openAdd } from './add.ts';
import { openApiMachine } from './api-machine.ts';
import { type BareMetal, type Known, watchMachines } from './known.ts';
import { LABEL } from './label.ts';
import { openMachine } from './machine.ts';
import { serviceKey } from './service.ts';
import { firmwareWords, installationWords, powerWords, pxeWords } from './words.ts';

/** The last column has what is left of eighty. */
const WIDTHS = [18, 8, 16, 5] as const;
/** The same for a machine that is installed over the API. */
const API_WIDTHS = [18, 23, 6] as const;

type Row = { readonly machine: BareMachine } | { readonly asking: Asking };

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
    row: rowOf,
    same: (a, b) => keyOf(a) === keyOf(b),
    open: (row) => openRow(context, known, row),
    openLabel: say('Choose', '选择'),
    keys: () => [serviceKey(context, known), addKey(context, known)],
    empty: say('no machines yet: F4 adds one', '尚无机器：按 F4 添加'),
    then,
  });

function keyOf(row: Row): string {
  if ('asking' in row) return row.asking.mac;
  return row.machine.origin === 'api' ? row.machine.chassis : `node ${row.machine.name}`;
}

function openRow(context: Context, known: Known, row: Row): void {
  if ('asking' in row) openAdd(context, known, row.asking);
  else if (row.machine.origin === 'api') openApiMachine(context, known, row.machine);
  else openMachine(context, known, row.machine.name);
}

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

/** Cells in columns, a blank between them; the last one takes what it needs. */
const cells = (texts: readonly string[], widths: readonly number[] = WIDTHS): Line =>
  texts.flatMap((text, at) => (widths[at] === undefined ? [span(text)] : cell(text, widths[at])));

const cell = (text: string, width: number): Line => [...fitLine([span(text)], width - 1), span(' ')];

function rowOf(row: Row, look: Look): Line {
  if ('asking' in row) return askingRow(row.asking, look);
  return row.machine.origin === 'api' ? apiRow(row.machine, look) : machineRow(row.machine, look);
}

function machineRow(machine: MachineState, look: Look): Line {
  const { name, address, firmware } = machine;
  return cells([
    name,
    look.say(powerWords(machine)),
    address,
    firmware.toUpperCase(),
    look.say(installationWords(machine.installation)),
  ]);
}

/** Of its power and BMC nothing is known here: in their columns stands which machine it is, and since when it is so far. */
function apiRow({ name, installation }: ApiMachine, look: Look): Line {
  const { since, macs } = installation;
  const at = since === undefined ? '' : sinceTime(since, look.now);
  const told = [name, `API ${macs[0]}`, at, look.say(installationWords(installation))];
  return cells(told, API_WIDTHS);
}

function askingRow({ mac, at, firmware }: Asking, look: Look): Line {
  const words = say(
    `asked to start from the network at ${clockTime(at)} (${firmwareWords(firmware).en})`,
    `${clockTime(at)} 请求网络启动（${firmwareWords(firmware).zh}）`,
  );
  return [...cell(mac, WIDTHS[0]), span(look.say(words), 'warn')];
}

const addKey = (context: Context, known: Known): Binding => ({
  keys: ['f4'],
  label: say('Add a machine', '添加机器'),
  help: say('by the address of its BMC', '按其 BMC 地址'),
  run: () => openAdd(context, known),
});
