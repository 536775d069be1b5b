import { expect, test } from 'vitest';
import { lineName, terminalLine } from '../../src/system/terminal-line.ts';

/** As on a machine with a serial port, a virtio console and an ARM one. */
const DRIVERS = `/dev/tty             /dev/tty        5       0 system:/dev/tty
/dev/console         /dev/console    5       1 system:console
/dev/ptmx            /dev/ptmx       5       2 system
/dev/vc/0            /dev/vc/0       4       0 system:vtmaster
hvc                  /dev/hvc      229 0-7 system
ttyAMA               /dev/ttyAMA   204 64-77 serial
usbserial            /dev/ttyUSB   188 0-511 serial
serial               /dev/ttyS       4 64-111 serial
pty_slave            /dev/pts      136 0-1048575 pty:slave
pty_master           /dev/ptm      128 0-1048575 pty:master
unknown              /dev/tty        4 1-63 console
`;

const device = (major: number, minor: number): number =>
  (major << 8) | (minor & 0xff) | ((minor & 0xfff00) << 12);

test.each([
  ['tty1', 4, 1],
  ['tty63', 4, 63],
  ['ttyS0', 4, 64],
  ['ttyS1', 4, 65],
  ['pts/0', 136, 0],
  ['pts/300', 136, 300],
  ['hvc0', 229, 0],
  ['ttyAMA0', 204, 64],
  ['ttyUSB2', 188, 2],
  ['-', 99, 1],
])('%s is device %i:%i', (name, major, minor) => {
  expect(lineName(device(major, minor), DRIVERS)).toBe(name);
});

test('pseudo-terminals beyond the first 256 majors still share their pool', () => {
  expect(lineName(device(137, 3), DRIVERS.replace('pts      136', 'pts      137'))).toBe('pts/259');
});

test('a process that is gone has no line', () => {
  expect(terminalLine(2 ** 22 + 1)).toBe('-');
});
