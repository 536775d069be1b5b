import type { Role } from '../../src/api/role.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Binding, Look, Page, Size, Stage, View } from '../../src/tui/page.ts';
import { fitLine, type Line, lineWidth, span, toned, wrap } from '../../src/tui/text.ts';
import { clockTime, day, zoneOffset } from '../format.ts';
import { arrange, type BlockRow } from './layout.ts';
import { type NodeModel, roleOf, wasHeard } from './model.ts';
import { attentionBlock } from './panels/attention.ts';
import { changesBlock } from './panels/changes.ts';
import { clusterBlock } from './panels/cluster.ts';
import { diskBlock } from './panels/disk.ts';
import { errorsBlock } from './panels/errors.ts';
import { hardwareBlock } from './panels/hardware.ts';
import { historyBlock } from './panels/history.ts';
import { neighboursBlock } from './panels/neighbours.ts';
import { nicBlock } from './panels/nic.ts';
import { nodeBlock } from './panels/node.ts';
import { ocfs2Block } from './panels/ocfs2.ts';
import { timeBlock } from './panels/time.ts';
import { lastVmOffset, vmBlock } from './panels/vm.ts';

export interface MainPageOptions {
  model: NodeModel;
  configure(): void | Promise<void>;
  power(): void | Promise<void>;
  /** A log-in prompt on this terminal. */
  shell(): void;
  /** Leaves the console; absent on the node's own terminals. */
  leave?(): void;
}

const ROLE_NAMES: Record<Role, Words> = {
  management: say('Management Node', '管理节点'),
  compute: say('Compute Node', '计算节点'),
  storage: say('OCFS2 Storage Node', 'OCFS2 存储节点'),
  expert: say('Expert Node', '专家节点'),
};

/** The main screen: what the node is and does. It shows, it changes nothing, it needs no password. */
export function mainPage(options: MainPageOptions): Page {
  const { model } = options;
  let offset = 0;
  let stage: Stage | undefined;
  const scroll = (step: number) => {
    offset = Math.max(0, Math.min(lastVmOffset(model), offset + step));
    stage?.refresh();
  };
  return {
    kind: 'screen',
    title: say('ZStack', 'ZStack'),
    // The rows are for the node.
    quiet: true,
    opened(on) {
      stage = on;
    },
    draw: (area, look) => drawMain(model, offset, area, look),
    bindings: () => [...actions(options), ...(roleOf(model) === 'management' ? [] : scrolling(scroll))],
  };
}

function actions(options: MainPageOptions): Binding[] {
  return [
    {
      keys: ['f2', '2'],
      label: say('System Configuration', '系统配置'),
      help: say('asks the root password, then opens the configuration', '输入 root 密码后进入系统配置'),
      asksSecret: true,
      run: options.configure,
    },
    {
      keys: ['f12', '0'],
      label: say('Reboot/Power off', '重启/关机'),
      help: say('asks the root password, then offers reboot and power off', '输入 root 密码后可重启或关机'),
      asksSecret: true,
      run: options.power,
    },
    ...(options.leave === undefined ? [] : [leaving(options.leave)]),
    {
      keys: ['f11', 's'],
      label: say('Shell', '命令行'),
      help: say(
        'a log-in prompt; the console comes back by Ctrl+Alt+F1, or at log-out',
        '登录提示符；Ctrl+Alt+F1 或注销后返回控制台',
      ),
      run: options.shell,
    },
  ];
}

const leaving = (leave: () => void): Binding => ({
  keys: ['q', 'C-c'],
  label: say('Leave', '退出'),
  help: say('leaves the console; the node goes on', '退出控制台；节点继续运行'),
  run: leave,
});

function scrolling(scroll: (step: number) => void): Binding[] {
  const step = (keys: string[], by: number, en: string, zh: string): Binding => ({
    keys,
    help: say(en, zh),
    run: () => scroll(by),
  });
  return [
    step(['down', 'j'], 1, 'VM rows: one down', '云主机列表下移一行'),
    step(['up', 'k'], -1, 'VM rows: one up', '云主机列表上移一行'),
    step(['pagedown'], 10, 'VM rows: ten down', '云主机列表下移十行'),
    step(['pageup'], -10, 'VM rows: ten up', '云主机列表上移十行'),
  ];
}

function drawMain(model: NodeModel, offset: number, area: Size, look: Look): View {
  const head = [titleRow(model, area, look), ...lostRow(model, area, look)];
  const size = { columns: area.columns, rows: area.rows - head.length };
  const body = arrange(rowsOf(roleOf(model), offset, area.columns), model, size, look);
  const lost = model.link.state === 'lost';
  return {
    lines: [...head, ...(lost ? body.lines.map((line) => toned(line, 'dim')) : body.lines)],
    widgets: (body.widgets ?? []).map((widget) => ({ ...widget, row: widget.row + head.length })),
  };
}

/** ` ZStack - Management Node - mgmt-01          2026-11-22 20:47:31 +08` */
function titleRow(model: NodeModel, area: Size, look: Look): Line {
  const { identity = model.self } = model.facts;
  const name = identity?.hostname;
  const role = identity?.role === undefined ? '' : ` - ${look.say(ROLE_NAMES[identity.role])}`;
  const left = [span(` ZStack${role}${name === undefined ? '' : ` - ${name}`}`, 'title')];
  const right = [span(`${day(look.now)} ${clockTime(look.now)} ${zoneOffset(look.now)} `)];
  return [...fitLine(left, area.columns - lineWidth(right)), ...right];
}

function lostRow(model: NodeModel, area: Size, look: Look): Line[] {
  const { link } = model;
  if (link.state === 'up') return [];
  if (link.state === 'connecting') {
    return [
      fitLine(
        [span(look.say(say(' connecting to the controller ...', ' 正在连接控制器 ...')), 'warn')],
        area.columns,
      ),
    ];
  }
  const figures = wasHeard(model) ? figuresFrom(clockTime(link.since)) : NO_FIGURES;
  const words = say(
    ` ! the controller does not answer (${link.why.en}): ${figures.en}`,
    ` ! 控制器没有应答 (${link.why.zh})：${figures.zh}`,
  );
  return wrap(look.say(words), area.columns, 'bad').slice(0, MOST_LOST_ROWS);
}

/** The reason may be long; the figures below need their room. */
const MOST_LOST_ROWS = 3;

const NO_FIGURES = say('no figures yet', '尚无数据');
const figuresFrom = (time: string): Words => say(`figures are from ${time}`, `数据截至 ${time}`);

/** From this width on the main screen also tells what happened lately. */
const WIDE = 100;

function rowsOf(role: Role, offset: number, columns: number): BlockRow[] {
  const top: BlockRow = { blocks: [nodeBlock, timeBlock], share: 0.55 };
  // On a narrow screen addresses matter more than the folders' paths.
  const places: BlockRow = { blocks: [diskBlock, nicBlock], share: columns < 100 ? 0.3 : 0.42 };
  const extras: BlockRow = { blocks: [hardwareBlock, historyBlock], share: 0.52, optional: true };
  const attention: BlockRow = { blocks: [attentionBlock] };
  // On a small screen there is enough to read.
  const lately: BlockRow[] =
    columns < WIDE
      ? []
      : [
          { blocks: [changesBlock, errorsBlock], share: 0.6, optional: true },
          { blocks: [neighboursBlock], optional: true },
        ];
  switch (role) {
    case 'management':
      return [top, { blocks: [clusterBlock] }, places, extras, attention, ...lately];
    case 'storage':
      return [
        top,
        places,
        { blocks: [ocfs2Block, attentionBlock], share: 0.46 },
        { blocks: [vmBlock(offset)] },
        extras,
        ...lately,
      ];
    default:
      return [top, places, attention, { blocks: [vmBlock(offset)] }, extras, ...lately];
  }
}
