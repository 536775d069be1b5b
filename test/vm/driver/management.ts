import { expect } from 'vitest';
import { bootedAppliance } from './appliance.ts';
import type { Machine } from './machine.ts';
import type { Lab } from './machine-test.ts';
import { choose, MENU, seeFigures, unlock } from './person.ts';
import { until } from './wait.ts';

/** A management node with its real servers, and its menu. */

/** Passwords that the installer sets: of the service everywhere, and of MySQL's root. */
export const FIRST = 'zqFirst1-word';
export const MYSQL_ROOT = 'zqRoot2-word';
const INSTALL = '/usr/local/zstack';
export const PROPERTIES = `${INSTALL}/apache-tomcat/webapps/zstack/WEB-INF/classes/zstack.properties`;
export const SERVICE_LOG = `${INSTALL}/apache-tomcat/logs/management-server.log`;
const EXPORT_PORT = 8090;
/** RabbitMQ alone takes two minutes to start under emulation. */
export const SET_UP_MS = 600_000;

/** What an installer does: the server's accounts, and the service's configuration that names it. */
export const DATABASE_SET_UP = `
systemctl start mariadb
mysql --default-character-set=utf8mb4 <<SQL
CREATE DATABASE zstack DEFAULT CHARACTER SET utf8mb4;
CREATE TABLE zstack.planted (id INT PRIMARY KEY, word VARCHAR(64));
INSERT INTO zstack.planted VALUES (1, 'one'), (2, NULL), (3, 'drei ü 中');
CREATE USER zstack@localhost IDENTIFIED BY '${FIRST}', zstack@'127.0.0.1' IDENTIFIED BY '${FIRST}';
GRANT ALL ON zstack.* TO zstack@localhost, zstack@'127.0.0.1';
ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('${MYSQL_ROOT}') OR unix_socket;
SET GLOBAL general_log_file = 'general.log', GLOBAL general_log = 1;
SQL
cat > ${PROPERTIES} <<END
# a comment that stays
management.server.ip = 10.0.2.15
DB.url = jdbc:mysql://127.0.0.1:3306
DB.user = zstack
DB.password = ${FIRST}
END
`;

/** Passwords by stdin: su, by which rabbitmqctl runs, leaves its command line in the journal. */
export const BROKER_SET_UP = `
systemctl start rabbitmq-server
echo '${FIRST}' | rabbitmqctl add_user zstack
rabbitmqctl -q set_permissions zstack '.*' '.*' '.*'
cat >> ${PROPERTIES} <<END
CloudBus.serverIp.0 = 127.0.0.1
CloudBus.rabbitmqUsername = zstack
CloudBus.rabbitmqPassword = ${FIRST}
END
`;

/** The service answers, and says that it works with these servers. */
export async function serviceRuns(machine: Machine, engines: string): Promise<void> {
  let last = '';
  const answers = async () => {
    last = (await machine.attempt(['zstack-ctl', 'status'])).stdout.toString();
    return (/MN status: Running/.test(last) && last.includes(engines)) || undefined;
  };
  await until('a running management service', answers, {
    ...{ limitMs: SET_UP_MS, everyMs: 1000, explain: () => last },
  });
}

/** The node as an installer leaves it, with its menu open. */
export async function managementNode(lab: Lab, ...setUp: string[]): Promise<Machine> {
  const machine = await lab.clone(await bootedAppliance('management'));
  await seeFigures(machine);
  const script = [...setUp, 'systemctl restart zs-management'].join('\n');
  await machine.shell(script, { limitMs: SET_UP_MS });
  await unlock(machine, 'f2');
  await machine.screen.see(MENU);
  return machine;
}

/** Closes the windows over the menu, one key each. */
export async function backToMenu(machine: Machine): Promise<void> {
  for (let before = await machine.screen.text(); before.includes('┌'); ) {
    await machine.keyboard.press('esc');
    before = await until('a window less', async () => {
      const now = await machine.screen.text();
      return now === before ? undefined : now;
    });
  }
  await machine.screen.see(MENU);
}

/** Opens an entry of the menu. */
export async function enter(machine: Machine, entry: string, shows: RegExp): Promise<void> {
  await choose(machine, entry);
  await machine.screen.see(shows);
}

/** For a node that keeps its messages in the service. */
export const NO_BROKER_SET_UP = 'systemctl mask --now rabbitmq-server';

/** What somebody elsewhere gets under an address that the screen shows. */
export async function download(machine: Machine, text: string, name: RegExp): Promise<Buffer> {
  const [, path = ''] = new RegExp(`http://10\\.0\\.2\\.15:${EXPORT_PORT}(/\\S+/)`).exec(text) ?? [];
  const [file = ''] = name.exec(text) ?? [];
  expect([path.length > 20, file]).toEqual([true, expect.stringMatching(name)]);
  const port = await machine.forward(EXPORT_PORT);
  const at = (rest: string) => `http://127.0.0.1:${port}${path}${rest}`;
  expect(await (await fetch(at(''))).text()).toContain(`href="${file}"`);
  const answer = await fetch(at(file));
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}
