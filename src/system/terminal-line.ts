import { readFileSync } from 'node:fs';

/**
 * Name of a process's controlling terminal (`tty1`, `ttyS0`, `pts/3`) as the kernel has it; `-` when it has none or
 * is gone. See proc(5): tty_nr in /proc/PID/stat, and /proc/tty/drivers.
 */
export function terminalLine(pid: number): string {
  try {
    const number = ttyNumber(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return number === 0 ? '-' : lineName(number, readFileSync('/proc/tty/drivers', 'latin1'));
  } catch {
    // The process may have ended since it connected: then it has no line.
    return '-';
  }
}

/** Field 7 of a stat line. The program's name before it may hold spaces and brackets. */
function ttyNumber(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
}

/** @param drivers text of /proc/tty/drivers */
export function lineName(ttyNumber: number, drivers: string): string {
  const major = (ttyNumber >> 8) & 0xfff;
  const minor = (ttyNumber & 0xff) | ((ttyNumber >> 12) & 0xfff00);
  for (const row of drivers.split('\n')) {
    const name = nameIn(row, major, minor);
    if (name !== undefined) return name;
  }
  return '-';
}

// A row is: driver, device name without its number, major, minor or range of minors, type.
function nameIn(row: string, major: number, minor: number): string | undefined {
  const match = /^\S+\s+\/dev\/(\S+)\s+(\d+)\s+(\d+)(?:-(\d+))?/.exec(row);
  if (match === null || Number(match[2]) !== major) return undefined;
  const [, prefix = '', , first = '0', last = first] = match;
  if (minor < Number(first) || minor > Number(last)) return undefined;
  if (prefix === 'pts') return `pts/${(major - 136) * 256 + minor}`;
  // Virtual terminals count from their minor, every other driver from its first one.
  return prefix === 'tty' ? `tty${minor}` : `${prefix}${minor - Number(first)}`;
}
