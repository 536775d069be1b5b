import { latestOf, type Reading } from '../../../src/api/reading.ts';
import { say } from '../../../src/api/words.ts';
import type { Hardware } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { type Span, span } from '../../../src/tui/text.ts';
import { bytes } from '../../format.ts';
import { type Block, fill } from '../block.ts';
import { figure } from '../figures.ts';
import { labelled } from '../labelled.ts';
import type { NodeModel } from '../model.ts';

/** HARDWARE: what is on the machine's label, the way to its BMC, and what its disks say of themselves. */
export const hardwareBlock: Block = {
  title: say('HARDWARE', '硬件'),
  least: () => 4,
  most: (model) => 4 + disksOf(model).length,
  wraps: true,
  draw(model, room, look) {
    const hardware = model.facts.hardware;
    const text = (reading: Reading<string> | undefined): Span[] => figure(reading, look, (value) => value);
    const disks = disksOf(model).map((disk) =>
      labelled(
        { en: disk.device, zh: disk.device },
        [span(`${bytes(disk.size)} ${disk.model}  `), ...text(disk.health)],
        look,
      ),
    );
    const rows = [
      labelled(say('Machine', '机型'), machine(hardware, look), look),
      labelled(say('Serial', '序列号'), text(hardware?.serial), look),
      labelled(say('BMC', 'BMC'), text(hardware?.bmcAddress), look),
      labelled(say('CPU', 'CPU'), text(hardware?.cpuModel), look),
      ...disks,
    ];
    return fill(rows, room);
  },
};

/** Maker and model; said once when neither is known. */
function machine(hardware: Hardware | undefined, look: Look): Span[] {
  const model = figure(hardware?.model, look, (text) => text);
  if (hardware === undefined || hardware.vendor.state === 'unknown') return model;
  return [...figure(hardware.vendor, look, (text) => text), span(' '), ...model];
}

const disksOf = (model: NodeModel) =>
  (model.facts.hardware === undefined ? undefined : latestOf(model.facts.hardware.disks)) ?? [];
