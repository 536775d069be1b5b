import { say } from '../../../src/api/words.ts';
import type { Attention, JobFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fitLine, type Line, span } from '../../../src/tui/text.ts';
import { textWidth } from '../../../src/tui/width.ts';
import { percent } from '../../format.ts';
import type { Block, Room } from '../block.ts';
import { marked } from '../figures.ts';
import type { NodeModel } from '../model.ts';

/** ATTENTION: what wants a person, the gravest first, with the way there; running jobs below. */
export const attentionBlock: Block = {
  title: say('ATTENTION', '注意'),
  least: (model) => Math.min(3, Math.max(1, model.facts.attention?.length ?? 1)),
  most: (model) => Math.max(1, (model.facts.attention?.length ?? 0) + runningJobs(model).length),
  draw(model, room, look) {
    const lines = [
      ...gravestFirst(model.facts.attention ?? []).map((one) => attentionLine(one, room, look)),
      ...runningJobs(model).map((job) => jobLine(job, room, look)),
    ];
    if (lines.length > 0) return lines;
    return [[span(look.say(say('nothing wants you now', '目前没有需要处理的事项')), 'dim')]];
  },
};

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

const runningJobs = (model: NodeModel): JobFact[] =>
  (model.facts.jobs ?? []).filter((job) => job.state === 'running');

function jobLine(job: JobFact, room: Room, look: Look): Line {
  const fraction = job.fraction === undefined ? '' : ` ${percent(job.fraction)}`;
  return fitLine([span(`${look.say(job.title)}: ${look.say(job.progress)}${fraction}`)], room.columns);
}
