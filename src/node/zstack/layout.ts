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
  /** State of the management service. */
  state: string;
  /** File of its embedded store. */
  store: string;
  databaseSocket: string;
  /** Of the management service, for this machine's own controller. */
  socket: string;
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
    state: join(state, 'management'),
    store: join(state, 'management/store.sqlite'),
    databaseSocket: dataDir === undefined ? serverSocket() : join(dataDir, 'run/mysqld.sock'),
    socket: join(dataDir === undefined ? '/run/zs-management' : join(dataDir, 'run'), 'management.sock'),
    units: dataDir === undefined ? '/etc/systemd/system' : join(dataDir, 'etc/systemd/system'),
  };
}

/** Enterprise Linux has it beside the server's data, and its settings in a folder that Debian does not know. */
const serverSocket = (): string =>
  existsSync('/etc/my.cnf.d') ? '/var/lib/mysql/mysql.sock' : '/run/mysqld/mysqld.sock';
