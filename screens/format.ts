const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/** Bytes in powers of 1024, at most four figures wide: `512M`, `1.1G`, `38G`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)}${UNITS[unit]}`;
}

/** Seconds as `12d 3h`, `3h 11m` or `11m 42s`: two units, each named. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return `${minutes}m ${whole % 60}s`;
}

/** `2026-11-22` in the machine's zone. */
export function day(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `20:47:31` in the machine's zone. */
export function clockTime(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `20:47` in the machine's zone. */
export const minuteTime = (time: number): string => clockTime(time).slice(0, 5);

/** The time of day when it was today, the day when it was not: `20:47` or `11-22`. */
export const sinceTime = (time: number, now: number): string =>
  day(time) === day(now) ? minuteTime(time) : day(time).slice(5);

/** Offset from UTC at that time: `+08`, `-03:30`. */
export function zoneOffset(time: number): string {
  const minutes = -new Date(time).getTimezoneOffset();
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? '-' : '+';
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/** A share of one as `17%`. */
export const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** Link speed from megabits per second: `100M`, `10G`, `2.5G`. */
export const linkSpeed = (megabits: number): string =>
  megabits >= 1000 ? `${Number((megabits / 1000).toFixed(1))}G` : `${megabits}M`;

const two = (value: number): string => String(value).padStart(2, '0');
