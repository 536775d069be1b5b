#!/usr/bin/env node
import { isRole, ROLES } from '../../src/api/role.ts';
import { Machine } from '../../test/vm/driver/machine.ts';
import { given, wrong } from '../arguments.mts';
import { makePackage } from '../pack/deb.mts';
import { ROOT_PASSWORD, roleImage } from './images.mts';

/**
 * Boots the appliance in an emulated machine, to try it without a server: its serial line in this terminal, or its
 * screen by VNC. Nothing of it stays behind.
 */
const USAGE = `npm run demo -- [--role management|compute|storage|expert] [--vnc] [--memory MB]
  --role     of the node (management)
  --vnc      its screen for a VNC viewer, instead of its serial line in this terminal
  --memory   of the machine (2048)
The first time it builds the machine's disk, which takes some minutes; it needs root and: npm run packages`;
const LEAVE = 0x1d; // Ctrl+]
const VNC_DISPLAY = '127.0.0.1:7';

const options = given(USAGE, {
  role: { type: 'string' },
  memory: { type: 'string' },
  vnc: { type: 'boolean' },
});
const role = options.role ?? 'management';
if (!isRole(role)) wrong(`--role: one of ${ROLES.join(', ')}`);
const memoryMb = Number(options.memory ?? 2048);
if (!Number.isInteger(memoryMb) || memoryMb < 1024) wrong('--memory: megabytes, 1024 or more');
await import('../build.mts');

const image = await roleImage(await makePackage(), role);
const machine = await Machine.boot(image, {
  name: 'demo',
  memoryMb,
  ...(options.vnc ? { vnc: VNC_DISPLAY } : {}),
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void leave());
console.error(`A ${role} node boots: half a minute or so. The password of root is: ${ROOT_PASSWORD}`);
if (options.vnc) console.error(`Its screen: a VNC viewer at ${VNC_DISPLAY}. Ctrl+C ends it.`);
else await onThisTerminal();
await machine.poweredOff(Number.POSITIVE_INFINITY);
await leave();

/** Joins this terminal with the machine's serial line. */
async function onThisTerminal(): Promise<void> {
  if (!process.stdin.isTTY) wrong('without --vnc this needs a terminal');
  console.error(
    'Its serial line comes here. 2 is F2 and 0 is F12, should your terminal keep those. Ctrl+] ends it.',
  );
  process.stdin.setRawMode(true);
  process.stdin.on('data', (keys: Buffer) => {
    if (keys.includes(LEAVE)) void leave();
    else machine.serial.send(keys);
  });
  machine.serial.onOutput((chunk) => process.stdout.write(chunk));
}

async function leave(): Promise<void> {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  await machine.end();
  process.stdout.write('\x1b[0m\x1b[?25h\n');
  process.exit(0);
}
