import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { resetBroker } from '../../node/broker/schema.ts';
import type { changeAddress } from '../../node/change-address/schema.ts';
import type { changeDatabaseRoot, changeDatabaseService } from '../../node/database/schema.ts';
import { passwordHelp } from '../password.ts';
import { type CtlCommand, FD, password, ROOT, said, text } from './command.ts';

const NEW = 'ZSTACK_NEW_PASSWORD';

/** Accounts of the service, and the address that it is known by. */
export const ACCOUNT_COMMANDS: readonly CtlCommand[] = [
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
];
