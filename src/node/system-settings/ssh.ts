import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import type { Keeper } from './apply.ts';
import type { Values } from './plan/steps.ts';
import type { Ssh } from './schema.ts';
import type { UnitControl } from './units.ts';

/** Debian's own name first: the other one is an alias there, which systemd does not let be turned off. */
const UNITS = ['ssh.service', 'sshd.service'];
const SOCKETS = ['ssh.socket', 'sshd.socket'];
const KEYS = '/etc/ssh';
const LIMIT = 15_000;

/** On or off, now and at the start of the machine. What is off must not be started again by its socket. */
export const sshKeeper = (units: UnitControl): Keeper<Values['ssh']> => ({
  async read() {
    const { on, boots } = await state(units);
    return { on, boots };
  },
  async write({ on, boots }) {
    const unit = await sshUnit(units);
    const socket = await units.installed(SOCKETS);
    if (socket !== undefined && (await isUsed(units, socket))) await units.turn(socket, false, false);
    await units.turn(unit, on, boots);
  },
});

const isUsed = async (units: UnitControl, unit: string): Promise<boolean> => {
  const { active, enabled } = await units.show(unit);
  return active || enabled;
};

async function state(units: UnitControl): Promise<Values['ssh'] & { killMode: string }> {
  const socketUnit = await units.installed(SOCKETS);
  const socket = socketUnit === undefined ? undefined : await units.show(socketUnit);
  const { active, enabled, killMode } = await units.show(await sshUnit(units));
  return { on: active || socket?.active === true, boots: enabled || socket?.enabled === true, killMode };
}

async function sshUnit(units: UnitControl): Promise<string> {
  const unit = await units.installed(UNITS);
  if (unit !== undefined) return unit;
  throw new Fault('unavailable', say('no SSH server is installed', '未安装 SSH 服务'));
}

/** Everything that a person should know of SSH before turning it on or off. */
export async function readSsh(units: UnitControl): Promise<Ssh> {
  const { on, boots, killMode } = await state(units);
  const [sessions, keys] = await Promise.all([sshSessions(), fingerprints()]);
  return { on, boots, sessions, sessionsStay: killMode === 'process', fingerprints: keys };
}

/** Peer addresses of the connections that sshd holds, as `ss` tells them. */
export async function sshSessions(): Promise<string[]> {
  const { stdout } = await run(['ss', '-tnpH', 'state', 'established'], { timeout: LIMIT });
  return stdout
    .split('\n')
    .filter((line) => line.includes('"sshd'))
    .map((line) => (line.trim().split(/\s+/)[3] ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
}

/** One row a host key. Empty when the machine has none yet. */
export async function fingerprints(folder = KEYS): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const keys = names.filter((name) => /^ssh_host_\w+_key\.pub$/.test(name)).sort();
  const rows = await Promise.all(
    keys.map((name) => run(['ssh-keygen', '-l', '-f', join(folder, name)], { timeout: LIMIT })),
  );
  return rows.filter(({ code }) => code === 0).map(({ stdout }) => shortRow(stdout));
}

/** `256 SHA256:... (ED25519)`: without the comment, which is somebody's e-mail or the name at installation. */
const shortRow = (row: string): string => {
  const [bits = '', hash = ''] = row.trim().split(' ');
  return `${bits} ${hash} ${/\([\w-]+\)\s*$/.exec(row)?.[0].trim() ?? ''}`.trim();
};
