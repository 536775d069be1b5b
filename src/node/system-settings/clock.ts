import { readFile } from 'node:fs/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { bootId } from '../../system/boot.ts';
import { type SettingsBus, TIMEDATED } from '../../system/settings-bus.ts';
import type { Keeper } from './apply.ts';
import type { Values } from './plan/steps.ts';
import type { UnitControl } from './units.ts';

/** Programs that keep the clock and that timedated knows, by their units. */
const CLIENTS = ['chrony.service', 'chronyd.service', 'systemd-timesyncd.service', 'ntpsec.service'];
const MICROSECONDS = 1_000_000;

/**
 * The clock as the moment at which this boot began: it moves only when the clock is set (proc_stat(5), `btime`), so that
 * a value of before and one of after can be compared at any time.
 */
export const clockKeeper = (
  bus: SettingsBus,
  boot = bootId,
  stat = '/proc/stat',
): Keeper<Values['clock']> => {
  const read = async () => {
    const since = Number(/^btime (\d+)$/m.exec(await readFile(stat, 'utf8'))?.[1]);
    return { boot: boot(), since };
  };
  return {
    read,
    async write(wanted) {
      const now = await read();
      // Of another boot: the machine's own clock has been asked since, and nothing of then can be compared.
      if (wanted.boot !== now.boot) return;
      await bus.order(TIMEDATED, 'SetTime', 'xb', [(wanted.since - now.since) * MICROSECONDS, true]);
    },
  };
};

/** The unit that keeps the clock now; undefined: nobody does. Throws as `UnitControl.show`. */
export async function clockClient(units: UnitControl): Promise<string | undefined> {
  for (const unit of CLIENTS) if ((await units.show(unit)).active) return unit;
  return undefined;
}

/** The unit that keeps the clock; empty: nobody does. Setting it turns that one on, or whoever keeps it off, for good. */
export const clientKeeper = (units: UnitControl): Keeper<Values['client']> => ({
  read: async () => (await clockClient(units)) ?? '',
  async write(wanted) {
    const now = await clockClient(units);
    if (now !== undefined && now !== wanted) await units.turn(now, false, false);
    if (wanted !== '') await units.turn(wanted, true, true);
  },
});

/** Throws `conflict`, field `time`, while a program keeps the clock in step: it would set it back. */
export async function checkClock(units: UnitControl, inStep: () => Promise<boolean>): Promise<void> {
  const unit = await clockClient(units);
  if (unit === undefined || !(await inStep())) return;
  const name = unit.replace('.service', '');
  throw new Fault(
    'conflict',
    say(
      `${name} keeps the clock and would not let another time stand`,
      `${name} 正在校时，手动设置的时间不会保留`,
    ),
    {
      field: 'time',
      next: say(
        'Set servers that answer under NTP servers, or stop it on the command line: timedatectl set-ntp false',
        '请在“NTP 服务器”中设置可用的服务器，或在命令行停止校时：timedatectl set-ntp false',
      ),
    },
  );
}

/** `2026-11-29 14:30:00` of a moment (milliseconds since 1970) in a zone (IANA name; empty: UTC). */
export function timeIn(zone: string, moment: number): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone === '' ? 'UTC' : zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return parts.format(moment);
}

/**
 * The moment (milliseconds since 1970) at which clocks of the zone show that time, the first one where they do twice.
 * Throws `usage`, field `time`, where they never do.
 */
export function momentOf(time: string, zone: string): number {
  const text = time.length === 'yyyy-mm-dd hh:mm'.length ? `${time}:00` : time;
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
  const aheadAt = (moment: number) => Date.parse(`${timeIn(zone, moment).replace(' ', 'T')}Z`) - moment;
  const found = [DAY, -DAY]
    .map((away) => asUtc - aheadAt(asUtc - away))
    .find((moment) => timeIn(zone, moment) === text);
  if (found !== undefined) return found;
  throw new Fault(
    'usage',
    say(`${zone} has no such time: its clocks go forward over it`, `${zone} 没有该时间：时钟在此时拨快`),
    { field: 'time' },
  );
}

const DAY = 86_400_000;
