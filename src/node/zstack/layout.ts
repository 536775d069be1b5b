import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the management node's own things are. A development run has all of it under its one folder. */
export interface Layout {
  install: string;
  /** ZSTACK_HOME, which other programs read from `zstack-ctl status`. */
  home: string;
  properties: string;
  logConfiguration: string;
  pidFile: string;
  /** Logs of the management service and of the web UI. */
  logs: string;
  /** Logs of everything else: deployment, hosts, console proxy. */
  systemLogs: string;
  /** What the consoles of this node recorded. */
  flights: string;
  backups: string;
  /** What the export server shows. */
  exports: string;
  licence: string;
  /** Folders of image servers are here or below, and images on this machine are taken from `imports` alone. */
  images: string;
  imports: string;
  /** State of the management service. */
  state: string;
  /** File of its embedded store. */
  store: string;
  databaseSocket: string;
  /** Of the management service, for this machine's own controller. */
  socket: string;
  /** Of machines that are installed over the network: what is laid out for them, what their service writes, the medium. */
  pxe: { folder: string; state: string; medium: string };
  /** Unit files of this node's own. */
  units: string;
}

export function layoutOf(dataDir?: string): Layout {
  const install = dataDir === undefined ? '/usr/local/zstack' : join(dataDir, 'zstack');
  const state = dataDir === undefined ? '/var/lib/zstack' : join(dataDir, 'lib');
  const home = join(install, 'apache-tomcat/webapps/zstack');
  return {
    install,
    home,
    properties: join(home, 'WEB-INF/classes/zstack.properties'),
    logConfiguration: join(home, 'WEB-INF/classes/log4j2.xml'),
    pidFile: join(install, 'management-server.pid'),
    logs: join(install, 'apache-tomcat/logs'),
    systemLogs: dataDir === undefined ? '/var/log/zstack' : join(dataDir, 'log'),
    flights: dataDir === undefined ? '/var/lib/zs-console/flights' : join(dataDir, 'console/flights'),
    backups: join(state, 'mysql-backup'),
    exports: join(state, 'export'),
    licence: join(state, 'license/license.txt'),
    images: join(state, 'images'),
    imports: join(state, 'import'),
    state: join(state, 'management'),
    store: join(state, 'management/store.sqlite'),
    databaseSocket: dataDir === undefined ? serverSocket() : join(dataDir, 'run/mysqld.sock'),
    socket: join(dataDir === undefined ? '/run/zs-management' : join(dataDir, 'run'), 'management.sock'),
    pxe: {
      folder: dataDir === undefined ? '/run/zs-pxe' : join(dataDir, 'run/pxe'),
      state: dataDir === undefined ? '/var/lib/zs-pxe' : join(state, 'pxe'),
      medium: '/opt/zstack-dvd',
    },
    units: dataDir === undefined ? '/etc/systemd/system' : join(dataDir, 'etc/systemd/system'),
  };
}

/** Enterprise Linux has it beside the server's data, and its settings in a folder that Debian does not know. */
const serverSocket = (): string =>
  existsSync('/etc/my.cnf.d') ? '/var/lib/mysql/mysql.sock' : '/run/mysqld/mysqld.sock';
