import { join } from 'node:path';
import type { Role } from '../../api/role.ts';
import type { Layout } from '../zstack/layout.ts';
import type { Source } from './walk.ts';

/** A program whose answer belongs into the archive. */
export interface Told {
  file: string;
  argv: readonly string[];
}

/** What belongs into a node's archive. Folders are taken with all files in them. */
export interface Sources {
  logs: readonly Source[];
  told: readonly Told[];
}

const told = (file: string, ...argv: string[]): Told => ({ file, argv });

const HOST: readonly Told[] = [
  told('host_info/uptime', 'uptime'),
  told('host_info/last_reboot', 'last', '-x', '-n', '50', 'reboot', 'shutdown'),
  told('host_info/memory', 'free', '-m'),
  told('host_info/cpu', 'lscpu'),
  told('host_info/disks', 'df', '-hT'),
  told('host_info/blocks', 'lsblk', '-o', 'NAME,TYPE,SIZE,FSTYPE,MOUNTPOINT,MODEL'),
  told('host_info/largest', 'du', '-xh', '--max-depth=2', '--threshold=500M', '/var', '/usr/local'),
  told('host_info/processes', 'ps', '-eo', 'pid,ppid,user,stat,rss,pcpu,lstart,comm'),
  told('host_info/services', 'systemctl', '--no-pager', '--all', 'list-units', '--type=service'),
  told('host_info/failed', 'systemctl', '--no-pager', '--failed', 'list-units'),
  told('host_info/clock', 'timedatectl', 'show'),
  told('dmesg', 'dmesg', '-T'),
  told('packages', 'dpkg-query', '-W'),
  told('packages.rpm', 'rpm', '-qa'),
];

const NETWORK: readonly Told[] = [
  told('network/addresses', 'ip', '-details', 'address'),
  told('network/routes', 'ip', 'route', 'show', 'table', 'all'),
  told('network/routes6', 'ip', '-6', 'route'),
  told('network/rules', 'ip', 'rule'),
  told('network/neighbours', 'ip', 'neighbour'),
  told('network/counters', 'ip', '-statistics', 'link'),
  told('network/bridges', 'bridge', 'link'),
  told('network/listening', 'ss', '-tulpn'),
  told('network/connections', 'nmcli', '--terse', 'connection', 'show'),
  told('network/devices', 'nmcli', 'device', 'show'),
  told('network/firewall', 'nft', 'list', 'ruleset'),
];

const VIRTUAL: readonly Told[] = [
  told('libvirt/domains', 'virsh', '--readonly', '--connect', 'qemu:///system', 'list', '--all'),
  told('libvirt/nodeinfo', 'virsh', '--readonly', '--connect', 'qemu:///system', 'nodeinfo'),
];

const STORAGE: readonly Told[] = [
  told('ocfs2/mounted', 'mounted.ocfs2', '-f'),
  told('ocfs2/o2cb', 'o2cb', 'cluster-status'),
];

const plain = (...paths: string[]): Source[] => paths.map((path) => ({ path }));
const rotated = (...names: string[]): Source[] =>
  names.map((name) => ({ path: join(SYSTEM_LOGS, name), rotated: true }));

const SYSTEM_LOGS = '/var/log';
const COMMON = [
  // Debian and Enterprise Linux name them differently.
  ...rotated('messages', 'syslog', 'kern.log', 'daemon.log', 'auth.log', 'secure', 'cron', 'boot.log'),
  ...plain('/proc/net/bonding', '/etc/os-release'),
];
const MANAGED = plain(
  ...['/var/log/mysql', '/var/log/mariadb', '/var/log/rabbitmq', '/tmp/zstack_installation.log'],
);
const COMPUTE = plain('/var/log/libvirt', '/var/lib/zstack/dnsmasq', '/etc/libvirt/qemu');

/** From when to when, in milliseconds since 1970; absent: without that bound. */
export interface Period {
  since?: number | undefined;
  until?: number | undefined;
}

const bound = (name: string, moment: number | undefined): string[] =>
  moment === undefined ? [] : [`--${name}=@${Math.floor(moment / 1000)}`];

/** @param period of the journal */
export function sourcesOf(role: Role, layout: Layout, { since, until }: Period = {}): Sources {
  const journal = told(
    'journal',
    ...['journalctl', '--no-pager', '--output=short-iso', '--lines=200000'],
    ...bound('since', since),
    ...bound('until', until),
  );
  const own = [...plain(layout.systemLogs, layout.flights), ...COMMON];
  const logs: Record<Role, readonly Source[]> = {
    management: [...plain(layout.logs, layout.properties), ...own, ...MANAGED, ...plain('/var/log/libvirt')],
    compute: [...own, ...COMPUTE],
    storage: [...own, ...COMPUTE, ...plain('/etc/ocfs2/cluster.conf')],
    expert: own,
  };
  return {
    logs: logs[role],
    told: [journal, ...HOST, ...NETWORK, ...VIRTUAL, ...(role === 'storage' ? STORAGE : [])],
  };
}
