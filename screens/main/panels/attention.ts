import { same, say, type Words } from '../../../src/api/words.ts';
import type { Attention, JobFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fitLine, type Line, span } from '../../../src/tui/text.ts';
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
  draw(model, room, look) {
    const lines = [
      ...gravestFirst(model.facts.attention ?? []).map((one) => attentionLine(one, room, look)),
      ...penLines(model, look),
      ...runningJobs(model).map((job) => jobLine(job, room, look)),
    ];
    if (lines.length > 0) return lines;
    return [[span(look.say(model.facts.attention === undefined ? NOT_READ : NOTHING), 'dim')]];
  },
};

const NOTHING = say('nothing wants you now', '目前没有需要处理的事项');
const NOT_READ = say('not read yet', '尚未读取');

const gravestFirst = (all: Attention[]): Attention[] =>
  [...all].sort((a, b) => Number(b.level === 'bad') - Number(a.level === 'bad'));

function attentionLine(attention: Attention, room: Room, look: Look): Line {
  const where = attention.where === undefined ? '' : look.say(attention.where);
  const left = fitLine(
    marked(look.say(attention.words), attention.level),
    room.columns - textWidth(where) - 1,
  );
  return fitLine([...left, span(` ${where}`, 'dim')], room.columns);
}

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

function jobLine(job: JobFact, room: Room, look: Look): Line {
  const fraction = job.fraction === undefined ? '' : ` ${percent(job.fraction)}`;
  return fitLine([span(`${look.say(job.title)}: ${look.say(job.progress)}${fraction}`)], room.columns);
}
