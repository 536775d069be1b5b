#!/usr/bin/env node
import { minimist } from 'zx';
import { isRole, ROLES } from '../../src/api/role.ts';
import { Machine } from '../../test/vm/driver/machine.ts';
import { makePackage } from '../package.mts';
import '../build.mts';
import { ROOT_PASSWORD, roleImage } from './images.mts';

/**
 * Boots the appliance in an emulated machine, to try it without a server: its serial line in this terminal, or its
 * screen by VNC. Nothing of it stays behind.
 *   npm run demo -- [--role management|compute|storage|expert] [--vnc] [--memory MB]
 */
const LEAVE = 0x1d; // Ctrl+]
const VNC_DISPLAY = '127.0.0.1:7';

const options = minimist(process.argv.slice(2), { string: ['role', 'memory'], boolean: ['vnc'] });
const role = options.role ?? 'management';
if (!isRole(role)) fail(`--role: one of ${ROLES.join(', ')}`);
const memoryMb = Number(options.memory ?? 2048);
if (!Number.isInteger(memoryMb) || memoryMb < 1024) fail('--memory: megabytes, 1024 or more');

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
  if (!process.stdin.isTTY) fail('without --vnc this needs a terminal');
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

function fail(text: string): never {
  console.error(text);
  process.exit(2);
}
