import { describe, expect, test } from 'vitest';
import {
  cpuShare,
  mountOf,
  parseBootTime,
  parseCpuTimes,
  parseLoad,
  parseMemory,
  parseMounts,
} from '../../../src/system/proc.ts';

const STAT = `cpu  4705 150 1120 16250 520 30 45 20 90 10
cpu0 2350 75 560 8125 260 15 22 10 45 5
intr 33 1 2
btime 1795382346
`;

test('processor time: waiting for disks is idle, guest time is not counted twice', () => {
  expect(parseCpuTimes(STAT)).toEqual({ busy: 4705 + 150 + 1120 + 30 + 45 + 20, total: 22840 });
});

test.each([
  ['half busy', { busy: 10, total: 20 }, { busy: 60, total: 120 }, 0.5],
  ['no time went by', { busy: 10, total: 20 }, { busy: 10, total: 20 }, undefined],
  ['the counters began anew', { busy: 90, total: 100 }, { busy: 1, total: 2 }, undefined],
  ['idle went backwards a little', { busy: 0, total: 100 }, { busy: 6, total: 105 }, 1],
])('processor share: %s', (_, before, after, share) => {
  expect(cpuShare(before, after)).toBe(share);
});

test('memory used is what no new program could have', () => {
  expect(parseMemory('MemTotal:    1000 kB\nMemFree:     100 kB\nMemAvailable: 600 kB\n')).toEqual({
    total: 1_024_000,
    used: 409_600,
  });
});

test('load and boot time', () => {
  expect(parseLoad('0.56 0.22 0.12 4/109 14129\n')).toEqual([0.56, 0.22, 0.12]);
  expect(parseBootTime(STAT)).toBe(1_795_382_346_000);
});

test.each([
  ['/proc/stat', () => parseCpuTimes('nothing')],
  ['/proc/stat', () => parseBootTime('nothing')],
  ['/proc/meminfo', () => parseMemory('MemTotal: 1000 kB\n')],
  ['/proc/loadavg', () => parseLoad('x')],
])('text of %s that is not understood is an error, never a zero', (file, read) => {
  expect(read).toThrow(file);
});

describe('mounts', () => {
  const mounts = parseMounts(
    [
      '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
      '36 27 8:1 / /var/log ro,relatime shared:5 - xfs /dev/sdb1 rw',
      '37 27 8:2 / /mnt/a\\040b rw - nfs4 server:/export\\134x ro,vers=4.2',
      '38 27 8:3 / /var/log rw - tmpfs tmpfs rw',
    ].join('\n'),
  );

  test('escapes are undone, and either side makes a mount read-only', () => {
    expect(mounts[2]).toEqual({
      ...{ mountPoint: '/mnt/a b', root: '/', numbers: '8:2' },
      type: 'nfs4',
      source: 'server:/export\\x',
      readOnly: true,
    });
    expect(mounts.map(({ readOnly }) => readOnly)).toEqual([false, true, true, false]);
  });

  test.each([
    ['/var/log/zstack', 'tmpfs'],
    ['/var/logs', 'ext4'],
    ['/mnt/a b', 'nfs4'],
    ['/', 'ext4'],
  ])('%s lies on the %s', (path, type) => {
    expect(mountOf(path, mounts)?.type).toBe(type);
  });
});
