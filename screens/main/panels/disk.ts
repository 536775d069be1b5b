import { say } from '../../../src/api/words.ts';
import type { DiskFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fit, type Line, type Span, span } from '../../../src/tui/text.ts';
import { bytes } from '../../format.ts';
import type { Block, Room } from '../block.ts';
import { figure } from '../figures.ts';

const NAME_COLUMNS = 9;
const SPACE_COLUMNS = 16;

/** DISK INFO: free and total of each folder that matters to this role; the nearly full one stands out. */
export const diskBlock: Block = {
  title: say('DISK', '磁盘'),
  least: (model) => model.facts.disks?.length ?? 1,
  most: (model) => model.facts.disks?.length ?? 1,
  draw: (model, room, look) => (model.facts.disks ?? []).map((disk) => diskLine(disk, room, look)),
};

function diskLine(disk: DiskFact, room: Room, look: Look): Line {
  const name = fit([span(look.say(disk.label), 'label')], NAME_COLUMNS);
  const space = figure(disk.space, look, (value) => spaceSpans(value, disk.nearlyFull, look));
  if (disk.space.state === 'unknown') return fit([...name, ...space], room.columns);
  return fit([...name, ...fit(space, SPACE_COLUMNS), span(` ${disk.path}`, 'dim')], room.columns);
}

function spaceSpans(
  space: { total: number; free: number; readOnly: boolean },
  nearlyFull: boolean,
  look: Look,
): Span[] {
  if (space.readOnly) return [span(look.say(say('! read-only', '! 只读')), 'bad')];
  const text = look.say(say(`${bytes(space.free)} free`, `空闲 ${bytes(space.free)}`));
  return [
    span(nearlyFull ? `${text}!` : text, nearlyFull ? 'warn' : 'plain'),
    span(look.say(say(` of ${bytes(space.total)}`, ` / ${bytes(space.total)}`)), 'dim'),
  ];
}
