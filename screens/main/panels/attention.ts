import { same, say, type Words } from '../../../src/api/words.ts';
import type { Attention, JobFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fitLine, type Line, lineWidth, span, wrapLine } from '../../../src/tui/text.ts';
import { textWidth } from '../../../src/tui/width.ts';
import { minuteTime, percent } from '../../format.ts';
import type { Block, Room } from '../block.ts';
import { marked } from '../figures.ts';
import type { NodeModel } from '../model.ts';

/** ATTENTION: what wants a person, the gravest first, with the way there; running jobs below. */
export const attentionBlock: Block = {
  title: say('ATTENTION', '注意'),
  least: (model) => Math.min(3, Math.max(1, model.facts.attention?.length ?? 1)),
  most: (model) =>
    Math.max(1, (model.facts.attention?.length ?? 0) + penHolders(model).length + runningJobs(model).length),
  wraps: true,
  draw(model, room, look) {
    const items = gravestFirst(model.facts.attention ?? []);
    const rows = [...penLines(model, look), ...runningJobs(model).map((job) => jobLine(job, look))];
    if (items.length + rows.length > 0)
      return [
        ...attentionLines(items, { ...room, rows: room.rows - rows.length }, look),
        ...rows.map((row) => fitLine(row, room.columns)),
      ];
    return [[span(look.say(model.facts.attention === undefined ? NOT_READ : NOTHING), 'dim')]];
  },
};

const NOTHING = say('nothing wants you now', '目前没有需要处理的事项');
const NOT_READ = say('not read yet', '尚未读取');

const gravestFirst = (all: Attention[]): Attention[] =>
  [...all].sort((a, b) => Number(b.level === 'bad') - Number(a.level === 'bad'));

/** One row each, the way there at its end; those that are too long get more rows as long as there are some. */
function attentionLines(items: readonly Attention[], room: Room, look: Look): Line[] {
  let free = room.rows - items.length;
  return items.flatMap((item) => {
    const whole = free > 0 ? wholeLines(item, room, look) : [];
    const more = whole.length - 1;
    if (more < 0 || more > free) return [attentionLine(item, room, look)];
    free -= more;
    return whole;
  });
}

const MARK_COLUMNS = 2;

/** Nothing cut: the way there follows the words, in the last row when it fits into it. */
function wholeLines(item: Attention, room: Room, look: Look): Line[] {
  const where = whereOf(item, look);
  const words = wrapLine(marked(look.say(item.words), item.level), room.columns, MARK_COLUMNS);
  const last = words.at(-1) ?? [];
  const left = room.columns - textWidth(where) - 1;
  if (where === '' || lineWidth(last) > left)
    return where === '' ? words : [...words, atEnd([], where, room)];
  return [...words.slice(0, -1), atEnd(last, where, room)];
}

function attentionLine(item: Attention, room: Room, look: Look): Line {
  const where = whereOf(item, look);
  return atEnd(marked(look.say(item.words), item.level), where, room);
}

const whereOf = ({ where }: Attention, look: Look): string => (where === undefined ? '' : look.say(where));

const atEnd = (words: Line, where: string, room: Room): Line =>
  fitLine([...fitLine(words, room.columns - textWidth(where) - 1), span(` ${where}`, 'dim')], room.columns);

/** Who may change the node now, if anybody. */
const penHolders = (model: NodeModel) =>
  model.facts.pen?.holder === undefined ? [] : [model.facts.pen.holder];

const AREAS: Record<string, Words> = {
  configuration: say('configuration', '系统配置'),
  power: say('power menu', '电源菜单'),
};

const penLines = (model: NodeModel, look: Look): Line[] =>
  penHolders(model).map(({ line, since, area }) => {
    const words = AREAS[area] ?? same(area);
    const at = minuteTime(since);
    return [
      span(
        look.say(say(`${words.en} is open on ${line} since ${at}`, `${line} 自 ${at} 打开了${words.zh}`)),
        'dim',
      ),
    ];
  });

const runningJobs = (model: NodeModel): JobFact[] =>
  (model.facts.jobs ?? []).filter((job) => job.state === 'running');

function jobLine(job: JobFact, look: Look): Line {
  const fraction = job.fraction === undefined ? '' : ` ${percent(job.fraction)}`;
  return [span(`${look.say(job.title)}: ${look.say(job.progress)}${fraction}`)];
}
