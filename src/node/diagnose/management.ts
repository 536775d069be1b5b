import { existsSync } from 'node:fs';
import { Fault } from '../../api/fault.ts';
import { PORTS } from '../../api/ports.ts';
import { say } from '../../api/words.ts';
import { Database } from '../../system/mariadb.ts';
import { holderOf, listening, MANAGEMENT_PROCESS } from '../../system/ports.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { isBrokerPassword } from '../../system/rabbitmq.ts';
import { listBackups } from '../backup/files.ts';
import { brokerLogin, databaseLogin, type Login } from '../zstack/settings.ts';
import { bad, type Check, good } from './check.ts';

const MANAGEMENT = ['management'] as const;
const DAY = 86_400_000;
/** Management nodes times VMs created at once, and some. */
const CONNECTIONS = 500;

const LISTENERS: readonly { port: number; what: string; holders: RegExp }[] = [
  { port: PORTS.api, what: 'API', holders: MANAGEMENT_PROCESS },
  { port: PORTS.ui, what: 'UI', holders: /^(node|zs-ui|MainThread)$/ },
  { port: PORTS.database, what: 'MySQL', holders: /^(mariadbd|mysqld)$/ },
  { port: PORTS.broker, what: 'RabbitMQ', holders: /^beam/ },
  { port: PORTS.consoleProxy, what: 'console proxy', holders: MANAGEMENT_PROCESS },
];

const START_DATABASE = say(
  'is the database up? Are DB.url, DB.user and DB.password in zstack.properties right?',
  '请检查数据库是否运行，以及 zstack.properties 中的 DB.url、DB.user、DB.password',
);
const START_BROKER = say(
  'is the broker up? After a change of the hostname: zstack-ctl reset_rabbitmq',
  '请检查消息队列是否运行；若修改过主机名：zstack-ctl reset_rabbitmq',
);

/** Checks of a management node's services. */
export const MANAGEMENT_CHECKS: readonly Check[] = [
  {
    key: 'database-login',
    title: say('MySQL as the service’s user', 'MySQL 服务账户登录'),
    roles: MANAGEMENT,
    async look({ layout }) {
      const login = databaseLogin(await readPropertiesOrNone(layout.properties));
      if (login === undefined) return undefined;
      try {
        (await open(login)).close();
        return good(`${login.user} logs in`, `${login.user} 可以登录`);
      } catch (thrown) {
        return bad(Fault.from(thrown).words, START_DATABASE);
      }
    },
  },
  {
    key: 'database-settings',
    title: say('MySQL settings', 'MySQL 设置'),
    roles: MANAGEMENT,
    async look({ layout }) {
      const login = databaseLogin(await readPropertiesOrNone(layout.properties));
      if (login === undefined) return undefined;
      using database = await open(login);
      const [row] = await database.query('SELECT @@binlog_format AS format, @@max_connections AS most');
      if (row?.format === 'STATEMENT') {
        return bad(
          say('BINLOG_FORMAT = STATEMENT', 'BINLOG_FORMAT = STATEMENT'),
          say('set binlog_format to ROW or MIXED', '请将 binlog_format 设为 ROW 或 MIXED'),
        );
      }
      if (Number(row?.most) < CONNECTIONS) {
        return bad(
          say(`max_connections is ${row?.most}`, `max_connections 为 ${row?.most}`),
          say(`set it to ${CONNECTIONS} at least`, `请至少设为 ${CONNECTIONS}`),
        );
      }
      return good(
        `binlog ${row?.format}, ${row?.most} connections`,
        `binlog ${row?.format}，${row?.most} 个连接`,
      );
    },
  },
  {
    key: 'broker-login',
    title: say('RabbitMQ as the service’s user', 'RabbitMQ 服务账户登录'),
    roles: MANAGEMENT,
    async look({ layout }) {
      const login = brokerLogin(await readPropertiesOrNone(layout.properties));
      if (login?.password === undefined) return undefined;
      try {
        if (await isBrokerPassword({ ...login, password: login.password }))
          return good(`${login.user} logs in`, `${login.user} 可以登录`);
        return bad(say(`the broker refuses ${login.user}`, `消息队列拒绝 ${login.user}`), START_BROKER);
      } catch (thrown) {
        return bad(Fault.from(thrown).words, START_BROKER);
      }
    },
  },
  {
    key: 'ports',
    title: say('ports of the services', '服务端口'),
    roles: MANAGEMENT,
    async look() {
      const text = await listening();
      const foreign = LISTENERS.flatMap(({ port, what, holders }) => {
        const holder = holderOf(text, port);
        return holder === undefined || holders.test(holder) ? [] : [`${port} (${what}): ${holder}`];
      });
      if (foreign.length === 0) return good('no foreign program holds one', '没有被其他程序占用');
      const list = foreign.join(', ');
      return bad(
        say(`held by others: ${list}`, `被其他程序占用：${list}`),
        say('end that program, or move it', '请结束或迁移该程序'),
      );
    },
  },
  {
    key: 'backup',
    title: say('newest backup', '最新备份'),
    roles: MANAGEMENT,
    async look({ layout }) {
      const login = databaseLogin(await readPropertiesOrNone(layout.properties));
      // A service that has never run has nothing to dump.
      if (login === undefined && !existsSync(layout.store)) return undefined;
      const newest = (await listBackups(layout.backups).catch(() => []))[0];
      const remedy = say(
        'F2, Backup Database; is zs-backup.timer on?',
        '请执行“备份数据库”，并检查 zs-backup.timer',
      );
      if (newest === undefined) return bad(say('there is none', '没有备份'), remedy);
      const days = (Date.now() - newest.made) / DAY;
      if (days > 1) return bad(say(`${days.toFixed(1)} days old`, `${days.toFixed(1)} 天前`), remedy);
      return good(newest.path, newest.path);
    },
  },
];

function open({ host, port, user, password }: Login): Promise<Database> {
  return Database.open({ host, port }, { user, ...(password === undefined ? {} : { password }) });
}
