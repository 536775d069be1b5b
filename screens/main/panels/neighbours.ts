import { latestOf } from '../../../src/api/reading.ts';
import { say } from '../../../src/api/words.ts';
import { fitLine, span } from '../../../src/tui/text.ts';
import { type Block, fill } from '../block.ts';
import { figure } from '../figures.ts';
import type { NodeModel } from '../model.ts';

const NIC_COLUMNS = 16;

/** Switch and port that each NIC is cabled to, as LLDP tells. */
export const neighboursBlock: Block = {
  title: say('NEIGHBOURS (LLDP)', '邻居 (LLDP)'),
  least: (model) => Math.min(2, Math.max(1, neighboursOf(model).length)),
  most: (model) => Math.max(1, neighboursOf(model).length),
  wraps: true,
  draw(model, room, look) {
    const reading = model.facts.neighbours;
    if (reading?.state !== 'known') return fill([{ line: figure(reading, look, () => ''), hang: 0 }], room);
    const rows = neighboursOf(model).map(({ nic, system, port }) => ({
      line: [...fitLine([span(nic, 'label')], NIC_COLUMNS - 1), span(` ${system}  ${port}`)],
      hang: NIC_COLUMNS,
    }));
    return rows.length === 0 ? [[span(look.say(NONE), 'dim')]] : fill(rows, room);
  },
};

const NONE = say(
  'none heard (needs lldpd here and LLDP at the switch)',
  '未发现（需要本机 lldpd 与交换机 LLDP）',
);

const neighboursOf = (model: NodeModel) => (model.facts.neighbours && latestOf(model.facts.neighbours)) ?? [];
