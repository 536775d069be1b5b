import { createHash } from 'node:crypto';
import type { OldFiles } from './read.ts';
import type { Unit } from './units.ts';

/** A file's own where only one has it, else one that is always the same. */
export function uuidsOf(units: readonly Unit[], { profiles }: OldFiles): Map<Unit, string> {
  const told = (unit: Unit) => (unit.main.settings.UUID ?? '').toLowerCase();
  const times = Map.groupBy(units, told);
  const texts = [...profiles.values()];
  return new Map(
    units.map((unit) => {
      const uuid = told(unit);
      const isOurs =
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) && times.get(uuid)?.length === 1;
      const isTaken = texts.some((text) => text.toLowerCase().includes(`uuid=${uuid}`));
      return [unit, isOurs && !isTaken ? uuid : madeUuid(unit)];
    }),
  );
}

function madeUuid({ device, main }: Unit): string {
  const hex = createHash('sha1')
    .update(`ifcfg ${device ?? main.suffix}`)
    .digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
