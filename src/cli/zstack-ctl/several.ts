import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { CtlCommand } from './command.ts';

/** Commands that reach other machines: their words are there, and each says what stands in its way in this version. */
const LATER: [name: string, summary: string, options: CtlCommand['options'], needs: string][] = [
  [
    'deploydb',
    'set the database up on another machine',
    [
      ['--host <ADDRESS>', 'where to'],
      ['--root-password <PASSWORD>', 'of MySQL there'],
      ['--zstack-password <PASSWORD>', "of the service's user"],
    ],
    'set it up by hand, then on every management node: zstack-ctl configure DB.url=jdbc:mysql://HOST:3306',
  ],
  [
    'install_rabbitmq',
    'set the message broker up on another machine',
    [['--host <ADDRESS>', 'where to']],
    'set it up by hand, then on every management node: zstack-ctl configure CloudBus.serverIp.0=HOST',
  ],
  [
    'add_multi_management',
    'install further management nodes',
    [
      ['--host-list <LIST>', 'root:PASSWORD@ADDRESS ...'],
      ['--ssh-key <FILE>', 'instead of the passwords'],
    ],
    'a further management node is installed from the ISO; this version runs one at a time on a database',
  ],
  [
    'install_management_node',
    'install one further management node',
    [
      ['--host <ADDRESS>', 'where to'],
      ['--yum <REPOSITORIES>', 'where its packages come from'],
    ],
    'a further management node is installed from the ISO; this version runs one at a time on a database',
  ],
  [
    'upgrade_multi_management_node',
    'upgrade all management nodes, one after the other',
    [['--installer-bin <FILE>', 'the installer']],
    'install the new package on each node: dpkg -i zs-node_VERSION_amd64.deb',
  ],
];

export const SEVERAL_COMMANDS: readonly CtlCommand[] = LATER.map(([name, summary, options, needs]) => ({
  name,
  summary,
  options,
  run: async () => {
    throw new Fault('unavailable', same(`unavailable: this version has no ${name}`), { next: same(needs) });
  },
}));
