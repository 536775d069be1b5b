import type { Machine } from './machine.ts';
import { EVERYTHING, LIMIT, oneOf } from './managed.ts';
import { KEPT } from './network-state.ts';

/**
 * Cuts the power of a machine at an exact point of a change of its network: its controller, the installed one, is
 * started with a file that resets the machine (no sync, no unmount) as soon as it comes by that point.
 */

const FOLDER = '/usr/local/lib/cut';
/** In memory: after a cut none is set. */
const AT = '/run/cut';
const COUNT = '/run/cut-count';

/**
 * `step N`: just after the journal has step N as begun. `keep N`: point N of the keeping; points are before and after
 * each sync of a file, and before each message to NetworkManager, from the moment on when the new state's folder is
 * there.
 */
const PRELOAD = `
const fs = require('node:fs');
const { Socket } = require('node:net');
const [AT, COUNT, KEPT] = ${JSON.stringify([AT, COUNT, `${KEPT}/kept`])};
const wanted = () => { try { return fs.readFileSync(AT, 'utf8').trim(); } catch { return ''; } };
const cut = () => fs.writeFileSync('/proc/sysrq-trigger', 'b');
let points = 0;
let last = '';
const keeps = (folder) => { try { return fs.readdirSync(KEPT).includes(folder); } catch { return false; } };
function point() {
  const text = wanted();
  if (text !== last) { points = 0; last = text; }
  const [what, number, folder] = text.split(' ');
  if (what !== 'keep') return;
  if (points === 0 && !keeps(folder)) return;
  points += 1;
  fs.writeFileSync(COUNT, String(points));
  if (points === Number(number)) cut();
}
const texts = new WeakMap();
fs.promises.open('/dev/null').then((handle) => {
  const files = Object.getPrototypeOf(handle);
  const { appendFile } = files;
  files.appendFile = function (text, ...rest) { texts.set(this, String(text)); return appendFile.call(this, text, ...rest); };
  for (const name of ['sync', 'datasync']) {
    const real = files[name];
    files[name] = async function () {
      point();
      await real.call(this);
      point();
      const [what, number] = wanted().split(' ');
      if (what === 'step' && texts.get(this) === JSON.stringify({ apply: Number(number) }) + '\\n') cut();
    };
  }
  return handle.close();
});
const { write } = Socket.prototype;
Socket.prototype.write = function (...words) {
  // The first byte of a D-Bus message of a little-endian machine.
  if (words[0] instanceof Uint8Array && words[0][0] === 0x6c) point();
  return write.apply(this, words);
};
`;

/** From now on, also after a cut, the controller can be told where to cut. */
export async function readyToCut(machine: Machine): Promise<void> {
  const dropIn = '/etc/systemd/system/zs-controller.service.d';
  await machine.run(['mkdir', '-p', FOLDER, dropIn]);
  await machine.put(`${FOLDER}/cut.cjs`, PRELOAD);
  await machine.put(
    `${dropIn}/cut.conf`,
    `[Service]\nEnvironment="NODE_OPTIONS=--require ${FOLDER}/cut.cjs"\n`,
  );
  await machine.shell('systemctl daemon-reload; systemctl restart zs-controller; sync', { limitMs: LIMIT });
}

/** @param where `step N`, or `keep N` (0: only count) */
export async function cutAt(machine: Machine, where: string): Promise<void> {
  const last = await machine.shell(`ls ${KEPT}/kept 2>/dev/null | tail -n 1`);
  const next = String(Number(last.trim()) + 1).padStart(9, '0');
  await machine.run(['rm', '-f', COUNT]);
  await machine.put(AT, `${where} ${next}`);
  // The machine's reset is the end of its emulator: what it had not written is lost.
  await machine.qmp.execute('set-action', { reboot: 'shutdown' });
}

/** Points of the keeping that were come by since `cutAt`. */
export const pointsSeen = async (machine: Machine): Promise<number> =>
  Number((await machine.get(COUNT)).toString());

/** For a change that does not come by the point: how many there are is not the same each time. */
export const CUT_AFTERWARDS = 'echo b > /proc/sysrq-trigger';

/** Waits for the cut, and switches the machine on again. */
export async function cutAndStarted(machine: Machine): Promise<void> {
  await machine.poweredOff(LIMIT);
  await machine.start();
  await machine.agent.ready();
}

/** Which of the points from 1 to `last` are cut at: the first, the last and one between, or all. */
export function cutsAmong(last: number): number[] {
  const all = Array.from({ length: last }, (_, at) => at + 1);
  return EVERYTHING ? all : [1, oneOf(all.slice(1, -1)), last];
}
