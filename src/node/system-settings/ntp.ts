import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import type { Keeper } from './apply.ts';
import type { UnitControl } from './units.ts';

const LIMIT = 256 * 1024;
const MODE = 0o644;

/** A program that keeps the clock: its unit, and where its servers stand. */
interface Client {
  unit: string;
  servers(path: string): Promise<string[]>;
  write(path: string, servers: readonly string[]): Promise<void>;
  path: string;
}

export interface NtpPlaces {
  /** Enterprise Linux and Debian name chrony's unit and file differently. */
  chronyEl: string;
  chronyDebian: string;
  /** A file of our own, read after timesyncd's. */
  timesyncd: string;
}

export const NTP_PLACES: NtpPlaces = {
  chronyEl: '/etc/chrony.conf',
  chronyDebian: '/etc/chrony/chrony.conf',
  timesyncd: '/etc/systemd/timesyncd.conf.d/60-zs-node.conf',
};

/** Servers of whichever client this machine has. Throws `unavailable` when it has none. */
export function ntpKeeper(units: UnitControl, places = NTP_PLACES): Keeper<string[]> {
  return {
    async read() {
      const { servers, path } = await ntpClient(units, places);
      return servers(path);
    },
    async write(wanted) {
      const client = await ntpClient(units, places);
      await client.write(client.path, wanted);
      await units.restart(client.unit);
    },
  };
}

/** The client that is installed, chrony before timesyncd. */
export async function ntpClient(units: UnitControl, places = NTP_PLACES): Promise<Client> {
  const clients: Client[] = [
    // Debian's own name first: the other one is an alias there.
    { unit: 'chrony.service', path: places.chronyDebian, ...CHRONY },
    { unit: 'chronyd.service', path: places.chronyEl, ...CHRONY },
    { unit: 'systemd-timesyncd.service', path: places.timesyncd, ...TIMESYNCD },
  ];
  const unit = await units.installed(clients.map((client) => client.unit));
  const client = clients.find((one) => one.unit === unit);
  if (client !== undefined) return client;
  throw new Fault(
    'unavailable',
    say('neither chrony nor systemd-timesyncd is installed', '未安装 chrony 或 systemd-timesyncd'),
  );
}

const BEGIN = '# Servers of this node: set in the console, System Settings.';
const PUT_ASIDE = '#(set aside) ';
const SOURCE = /^\s*(server|pool|peer)\s+(\S+)/i;

/** Servers of its own are put aside while others are set, and come back when those go. */
const CHRONY: Pick<Client, 'servers' | 'write'> = {
  async servers(path) {
    const lines = await linesOf(path);
    const at = lines.indexOf(BEGIN);
    return at < 0 ? [] : lines.slice(at).flatMap((line) => SOURCE.exec(line)?.[2] ?? []);
  },
  async write(path, servers) {
    const lines = await linesOf(path);
    const at = lines.indexOf(BEGIN);
    const own = (at < 0 ? lines : lines.slice(0, at)).map((line) =>
      line.startsWith(PUT_ASIDE) ? line.slice(PUT_ASIDE.length) : line,
    );
    const rest =
      servers.length === 0 ? own : own.map((line) => (SOURCE.test(line) ? PUT_ASIDE + line : line));
    const set = servers.length === 0 ? [] : [BEGIN, ...servers.map((server) => `server ${server} iburst`)];
    await writeWhole(path, [...rest, ...set].map((line) => `${line}\n`).join(''), MODE);
  },
};

const TIMESYNCD: Pick<Client, 'servers' | 'write'> = {
  async servers(path) {
    const line = (await linesOf(path)).findLast((text) => text.startsWith('NTP='));
    return (line ?? '').slice('NTP='.length).split(' ').filter(Boolean);
  },
  async write(path, servers) {
    if (servers.length === 0) {
      await rm(path, { force: true });
      return;
    }
    await ensureFolder(dirname(path), 0o755);
    await writeWhole(path, `${BEGIN}\n[Time]\nNTP=${servers.join(' ')}\nFallbackNTP=\n`, MODE);
  },
};

async function linesOf(path: string): Promise<string[]> {
  const text = (await readText(path, LIMIT)) ?? '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
