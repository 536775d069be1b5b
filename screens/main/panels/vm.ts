import { byName } from '../../../src/api/by-name.ts';
import { latestOf } from '../../../src/api/reading.ts';
import { say, type Words } from '../../../src/api/words.ts';
import type { Vm } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fitLine, type Line, span, type Tone } from '../../../src/tui/text.ts';
import { bytes } from '../../format.ts';
import type { Block, Room } from '../block.ts';
import { figure } from '../figures.ts';
import type { NodeModel } from '../model.ts';

/** Each state in words, as it is marked everywhere. */
export const VM_STATES: Record<Vm['state'], { words: Words; tone: Tone }> = {
  running: { words: say('Running', '运行中'), tone: 'good' },
  paused: { words: say('Paused', '已暂停'), tone: 'warn' },
  stopped: { words: say('Stopped', '已停止'), tone: 'dim' },
  shuttingDown: { words: say('Stopping', '停止中'), tone: 'warn' },
  crashed: { words: say('Crashed !', '已崩溃 !'), tone: 'bad' },
  suspended: { words: say('Suspended', '已挂起'), tone: 'warn' },
  blocked: { words: say('Running', '运行中'), tone: 'good' },
  unknown: { words: say('Unknown', '未知'), tone: 'warn' },
};

const NAME_LEAST = 12;
const NAME_MOST = 40;
const UUID_COLUMNS = 37;
const VCPU_COLUMNS = 6;
const MEMORY_COLUMNS = 8;
const STATE_COLUMNS = 10;

/** VM INFO: the VMs of this node, a row each, from `offset` on. */
export const vmBlock = (offset: number): Block => ({
  title: say('VM', '云主机'),
  least: (model) => Math.min(3, rowsFor(model)),
  most: rowsFor,
  draw(model, room, look) {
    const reading = model.facts.vms;
    if (reading === undefined || reading.state === 'unknown') return [figure(reading, look, () => '')];
    const vms = vmsOf(model);
    if (vms.length === 0) return [[span(look.say(say('no VMs on this node', '本节点没有云主机')), 'dim')]];
    const rows = Math.max(0, room.rows - 1);
    const first = Math.min(offset, Math.max(0, vms.length - rows));
    return [
      heading(first, rows, vms.length, room, look),
      ...vms.slice(first, first + rows).map((vm) => vmLine(vm, room, look)),
    ];
  },
});

/** With the heading; where there are none, one row says so. */
const rowsFor = (model: NodeModel): number => {
  const count = vmsOf(model).length;
  return count === 0 ? 1 : count + 1;
};

/** Running ones first, then by name. */
export function vmsOf(model: NodeModel): Vm[] {
  const vms = (model.facts.vms && latestOf(model.facts.vms)) ?? [];
  return [...vms].sort((a, b) => order(a) - order(b) || byName(a.name, b.name));
}

const order = (vm: Vm): number => (vm.state === 'stopped' ? 1 : 0);

/** How far the rows can be scrolled. */
export const lastVmOffset = (model: NodeModel): number => Math.max(0, vmsOf(model).length - 1);

function heading(first: number, rows: number, total: number, room: Room, look: Look): Line {
  const range = total > rows ? `${first + 1}-${Math.min(total, first + rows)}/${total}` : `${total}`;
  const cells = [
    'UUID',
    look.say(say('NAME', '名称')),
    'vCPU',
    look.say(say('MEMORY', '内存')),
    look.say(say('STATE', '状态')),
  ];
  return row(
    cells.map((text) => ({ text, tone: 'label' as const })),
    room,
    range,
  );
}

function vmLine(vm: Vm, room: Room, look: Look): Line {
  const { words, tone } = VM_STATES[vm.state];
  return row(
    [
      { text: vm.uuid, tone: 'dim' },
      { text: vm.name, tone: 'plain' },
      { text: String(vm.vcpus ?? '-'), tone: 'plain' },
      { text: vm.memory === undefined ? '-' : bytes(vm.memory), tone: 'plain' },
      { text: look.say(words), tone },
    ],
    room,
    '',
  );
}

function row(cells: { text: string; tone: Tone }[], room: Room, end: string): Line {
  const fixed = UUID_COLUMNS + VCPU_COLUMNS + MEMORY_COLUMNS + STATE_COLUMNS + 6;
  const widths = [
    UUID_COLUMNS,
    Math.min(NAME_MOST, Math.max(NAME_LEAST, room.columns - fixed)),
    VCPU_COLUMNS,
    MEMORY_COLUMNS,
    STATE_COLUMNS,
  ];
  const line = cells.flatMap((cell, index) => [
    ...fitLine([span(`${cell.text} `, cell.tone)], widths[index] ?? 0),
  ]);
  return fitLine([...line, span(end, 'dim')], room.columns);
}
