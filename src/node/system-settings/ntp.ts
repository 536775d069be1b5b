import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import type { Keeper } from './apply.ts';
import { type NtpSource, otherSources, serversOf, setServers } from './chrony.ts';
import type { UnitControl } from './units.ts';

const LIMIT = 256 * 1024;
const MODE = 0o644;
const ASK_MILLISECONDS = 10_000;

/** A program that keeps the clock: its unit, and where its servers stand. */
interface Client {
  unit: string;
  servers(path: string): Promise<string[]>;
  /** Sources that are in force besides those. */
  others(path: string): Promise<NtpSource[]>;
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

const HEAD = '# Servers of this node: set in the console, System Settings.';

const CHRONY: Pick<Client, 'servers' | 'others' | 'write'> = {
  servers: serversOf,
  others: otherSources,
  write: setServers,
};

const TIMESYNCD: Pick<Client, 'servers' | 'others' | 'write'> = {
  async servers(path) {
    const line = (await linesOf(path)).findLast((text) => text.startsWith('NTP='));
    return (line ?? '').slice('NTP='.length).split(' ').filter(Boolean);
  },
  others: linkServers,
  async write(path, servers) {
    if (servers.length === 0) {
      await rm(path, { force: true });
      return;
    }
    await ensureFolder(dirname(path), 0o755);
    await writeWhole(path, `${HEAD}\n[Time]\nNTP=${servers.join(' ')}\nFallbackNTP=\n`, MODE);
  },
};

async function linesOf(path: string): Promise<string[]> {
  const text = (await readText(path, LIMIT)) ?? '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Those that the networks' DHCP servers name, as timesyncd says; none when it does not run. */
async function linkServers(): Promise<NtpSource[]> {
  const argv = ['timedatectl', 'show-timesync', '--property=LinkNTPServers', '--value'];
  const { code, stdout } = await run(argv, { timeout: ASK_MILLISECONDS });
  const servers = code === 0 ? stdout.trim().split(/\s+/).filter(Boolean) : [];
  return servers.map((server) => ({ server, file: 'DHCP' }));
}
