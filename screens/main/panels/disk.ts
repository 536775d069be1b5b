import { say } from '../../../src/api/words.ts';
import type { DiskFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { fitLine, type Line, type Span, span } from '../../../src/tui/text.ts';
import { bytes } from '../../format.ts';
import { type Block, fill, type Room } from '../block.ts';
import { figure } from '../figures.ts';

const NAME_COLUMNS = 10;
const SPACE_COLUMNS = 18;
/** Below this width the folder's path and the total are left out. */
const ROOMY = 36;

/** DISK INFO: free and total of each folder that matters to this role; the nearly full one stands out. */
export const diskBlock: Block = {
  title: say('DISK', '磁盘'),
  least: (model) => model.facts.disks?.length ?? 1,
  most: (model) => model.facts.disks?.length ?? 1,
  wraps: true,
  draw: (model, room, look) =>
    fill(
      (model.facts.disks ?? []).map((disk) => ({ line: diskLine(disk, room, look), hang: NAME_COLUMNS })),
      room,
    ),
};

function diskLine(disk: DiskFact, room: Room, look: Look): Line {
  const name = fitLine([span(look.say(disk.label), 'label')], NAME_COLUMNS);
  const space = figure(disk.space, look, (value) => spaceSpans(value, disk.nearlyFull, room, look));
  if (disk.space.state === 'unknown' || room.columns < ROOMY) return [...name, ...space];
  return [...name, ...fitLine(space, SPACE_COLUMNS), span(` ${disk.path}`, 'dim')];
}

function spaceSpans(
  space: { total: number; free: number; readOnly: boolean },
  nearlyFull: boolean,
  room: Room,
  look: Look,
): Span[] {
  if (space.readOnly) return [span(look.say(say('! read-only', '! 只读')), 'bad')];
  const text = look.say(say(`${bytes(space.free)} free`, `空闲 ${bytes(space.free)}`));
  const free = span(nearlyFull ? `${text}!` : text, nearlyFull ? 'warn' : 'plain');
  if (room.columns < ROOMY) return [free];
  return [free, span(look.say(say(` of ${bytes(space.total)}`, ` / ${bytes(space.total)}`)), 'dim')];
}
