import { resolve } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { resetBroker } from '../../node/broker/schema.ts';
import type { changeAddress } from '../../node/change-address/schema.ts';
import type { changeDatabaseRoot, changeDatabaseService } from '../../node/database/schema.ts';
import type { diagnose, Finding } from '../../node/diagnose/schema.ts';
import type { installLicence } from '../../node/licence/schema.ts';
import type { collectLogs } from '../../node/logs/schema.ts';
import type { powerVerdict } from '../../node/power/schema.ts';
import type {
  ManagementStatus,
  managementStatus,
  orderManagement,
} from '../../node/services/schema/management.ts';
import type { orderServices } from '../../node/services/schema.ts';
import type {
  configureManagement,
  restoreConfiguration,
  saveConfiguration,
  showConfiguration,
} from '../../node/zstack/schema.ts';
import type { NodeLink } from '../node-link.ts';
import { passwordHelp } from '../password.ts';
import { BACKUP_COMMANDS } from './backup.ts';
import { type Answer, type CtlCommand, FD, type Given, password, ROOT, said, text } from './command.ts';
import { PERIOD_OPTIONS, periodOf } from './period.ts';
import { SEVERAL_COMMANDS } from './several.ts';
import { roleLines, statusLines, uiLine } from './status.ts';

const NEW = 'ZSTACK_NEW_PASSWORD';

const status = async (node: NodeLink): Promise<ManagementStatus> =>
  await node.call<typeof managementStatus>('management.status', {});

/** Of a node without a management service: its controller, and what libvirt says. */
const statusOfRole = async (node: NodeLink): Promise<Answer> => {
  const { runningVms } = await node.call<typeof powerVerdict>('power.verdict', {});
  const answer = { role: node.role, controller: { serves: node.serving, version: node.version }, runningVms };
  return { json: answer, lines: roleLines(answer) };
};

const seconds = (given: Given): number => {
  const value = Number(text(given, 'timeout') ?? 120);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Fault('usage', same('--timeout is a whole number of seconds'));
};

const TIMEOUT: readonly [string, string] = ['--timeout <SECONDS>', 'how long to wait for it (120)'];

const order =
  (service: 'node' | 'ui', verb: 'start' | 'stop' | 'restart') => async (node: NodeLink, given: Given) => {
    const answer = await node.call<typeof orderManagement>('management.order', {
      service,
      order: verb,
      timeout: seconds(given),
    });
    return said(answer, service === 'ui' ? uiLine(answer) : (statusLines(answer)[5] ?? ''));
  };

const all = (verb: 'start' | 'stop') => async (node: NodeLink) => {
  const ends = await node.call<typeof orderServices>('services.order', {
    order: verb,
    phrase: `${verb} zstack`,
  });
  return said(
    ends,
    ...ends.map(
      ({ label, unit, state, why }) => `${label.en.padEnd(12)} ${unit.padEnd(28)} ${why?.en ?? state}`,
    ),
  );
};

/** What these are about is there on every node; all others are about the management service. */
export const ON_EVERY_ROLE: ReadonlySet<string> = new Set([
  'status',
  'start',
  'stop',
  'diagnose',
  'collect_log',
]);

export const COMMANDS: readonly CtlCommand[] = [
  {
    name: 'status',
    summary: 'where things are, and how the services stand',
    options: [],
    run: async (node) => {
      if (node.role !== 'management') return statusOfRole(node);
      const answer = await status(node);
      return { json: answer, lines: statusLines(answer) };
    },
  },
  {
    name: 'ui_status',
    summary: 'how the web UI stands',
    options: [],
    run: async (node) => {
      const answer = await status(node);
      return said(answer.ui, uiLine(answer));
    },
  },
  { name: 'start', summary: 'start the services in their order', options: [], run: all('start') },
  { name: 'stop', summary: 'stop the services in their order', options: [], run: all('stop') },
  {
    name: 'start_node',
    summary: 'start the management service',
    options: [TIMEOUT],
    run: order('node', 'start'),
  },
  {
    name: 'stop_node',
    summary: 'stop the management service',
    options: [TIMEOUT],
    run: order('node', 'stop'),
  },
  {
    name: 'restart_node',
    summary: 'restart the management service',
    options: [TIMEOUT],
    run: order('node', 'restart'),
  },
  { name: 'start_ui', summary: 'start the web UI', options: [TIMEOUT], run: order('ui', 'start') },
  { name: 'stop_ui', summary: 'stop the web UI', options: [TIMEOUT], run: order('ui', 'stop') },
  {
    name: 'show_configuration',
    summary: 'every setting and where it came from; passwords read ***',
    options: [],
    run: async (node) => {
      const settings = await node.call<typeof showConfiguration>('management.showConfiguration', {});
      const lines = settings.map(({ key, value, source }) => `${key} = ${value}   # ${source}`);
      return {
        json: settings,
        lines: lines.length > 0 ? lines : ['nothing is set: every setting has its default'],
      };
    },
  },
  {
    name: 'configure',
    summary: 'write settings into zstack.properties',
    words: 'KEY=VALUE...',
    options: [],
    run: async (node, _given, words) => {
      await node.call<typeof configureManagement>('management.configure', { settings: settingsOf(words) });
      return said({}, 'written; in force after: zstack-ctl restart_node');
    },
  },
  {
    name: 'save_config',
    summary: 'keep a copy of zstack.properties',
    options: [['--save-to <FOLDER>', 'where to (~/.zstack)']],
    names: { folder: '--save-to' },
    run: async (node, given) => {
      const answer = await node.call<typeof saveConfiguration>('management.saveConfiguration', {
        folder: text(given, 'saveTo'),
      });
      return said(answer, answer.path);
    },
  },
  {
    name: 'restore_config',
    summary: 'bring a kept copy of zstack.properties back',
    options: [['--restore-from <FOLDER>', 'where from (~/.zstack)']],
    names: { folder: '--restore-from' },
    run: async (node, given) => {
      await node.call<typeof restoreConfiguration>('management.restoreConfiguration', {
        folder: text(given, 'restoreFrom'),
      });
      return said({}, 'brought back; in force after: zstack-ctl restart_node');
    },
  },
  {
    name: 'collect_log',
    summary: 'archive of the logs of this node; prints its path',
    options: [
      ...PERIOD_OPTIONS,
      ['--full', 'logs whole, not their last 100 000 lines'],
      ['--dump-thread', 'also what every thread of this node waits in'],
    ],
    run: async (node, given) => {
      const input = { ...periodOf(given), full: given.full === true, threads: given.dumpThread === true };
      const answer = await node.long<typeof collectLogs>('logs.collect', input);
      const { url, path } = answer;
      return said(answer, path, url.state === 'unknown' ? `no address: ${url.why.en}` : url.value);
    },
  },
  {
    name: 'diagnose',
    summary: 'look for known troubles, with what to do about each',
    options: [],
    run: async (node) => {
      const findings = await node.call<typeof diagnose>('diagnose.run', {});
      return { json: findings, lines: findings.flatMap(findingLines) };
    },
  },
  ...BACKUP_COMMANDS,
  {
    name: 'change_mysql_password',
    summary: 'change the password of root or of the service’s own user',
    options: [
      ['--root-password <PASSWORD>', passwordHelp('MySQL root password', ROOT)],
      ['--user-name <USER>', 'root, or the service’s own user'],
      ['--new-password <PASSWORD>', passwordHelp('new password', NEW)],
      FD,
    ],
    names: { rootPassword: '--root-password', newPassword: '--new-password' },
    run: async (node, given) => {
      const user = text(given, 'userName');
      if (user !== 'root' && user !== 'zstack')
        throw new Fault('usage', same('--user-name is root or zstack'));
      const rootPassword = await password(given, 'rootPassword', ROOT, 'MySQL root password');
      const newPassword = await password(given, 'newPassword', NEW, `new password of ${user}`);
      const action = user === 'root' ? 'database.changeRootPassword' : 'database.changeServicePassword';
      await node.call<typeof changeDatabaseRoot | typeof changeDatabaseService>(action, {
        rootPassword,
        newPassword,
      });
      return said({}, `the password of ${user} is changed`);
    },
  },
  {
    name: 'reset_rabbitmq',
    summary: 'make the service’s user of the broker anew, as after a change of the hostname',
    options: [],
    run: async (node) => {
      const answer = await node.call<typeof resetBroker>('broker.reset', {});
      return said(answer, `the user ${answer.user} is made anew; the service: zstack-ctl restart_node`);
    },
  },
  {
    name: 'change_ip',
    summary: 'tell everything on this node its new management address, which a NIC has already',
    options: [
      ['--ip <ADDRESS>', 'the new address'],
      ['--cloudbus_server_ip <ADDRESS>', 'where the message queue is, when elsewhere'],
      ['--mysql_ip <ADDRESS>', 'where the database is, when elsewhere'],
    ],
    names: { ip: '--ip', broker: '--cloudbus_server_ip', database: '--mysql_ip' },
    run: async (node, given) => {
      const ip = text(given, 'ip');
      if (ip === undefined) throw new Fault('usage', same('--ip is needed'));
      const input = {
        ip,
        broker: text(given, 'cloudbus_server_ip'),
        database: text(given, 'mysql_ip'),
      };
      const answer = await node.call<typeof changeAddress>('management.changeAddress', input);
      const done = answer.done.map(({ en }) => en);
      const warnings = answer.warnings.map(({ en }) => `! ${en}`);
      return said(answer, ...(done.length === 0 ? [`it is ${ip} already`] : done), ...warnings);
    },
  },
  {
    name: 'reset_password',
    summary: 'the admin account back to its first password',
    options: [],
    run: async () => {
      throw new Fault(
        'unavailable',
        same('unavailable: the management service of this version keeps no accounts yet'),
      );
    },
  },
  {
    name: 'install_license',
    summary: 'check a licence file and put it in force',
    options: [['-f, --license <FILE>', 'the licence file']],
    names: { file: '--license' },
    run: async (node, given) => {
      const file = text(given, 'license');
      if (file === undefined) throw new Fault('usage', same('-f FILE is needed'));
      const answer = await node.call<typeof installLicence>('licence.install', {
        file: resolve(file),
      });
      const { licence, requestCode } = answer;
      if (licence.state === 'unknown') return said(answer, licence.why.en);
      const { type, expires } = licence.value;
      const end =
        expires === undefined ? 'without an end' : `to ${new Date(expires).toISOString().slice(0, 10)}`;
      const code = requestCode.state === 'unknown' ? '' : ` for ${requestCode.value}`;
      return said(answer, `in force: ${type}${code}, ${end}`);
    },
  },
  ...SEVERAL_COMMANDS,
];

const MARKS: Record<Finding['state'], string> = { good: 'ok', bad: '!', unknown: 'n/a' };

const findingLines = ({ state, title, evidence, remedy }: Finding): string[] => [
  `${MARKS[state].padEnd(4)}${title.en.padEnd(32)} ${evidence.en}`,
  ...(remedy === undefined ? [] : [`    -> ${remedy.en}`]),
];

function settingsOf(words: readonly string[]): Record<string, string> {
  if (words.length === 0) throw new Fault('usage', same('KEY=VALUE is needed'));
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new Fault('usage', same(`${word} is no KEY=VALUE`));
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
