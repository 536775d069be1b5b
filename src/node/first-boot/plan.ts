import type { Plan, Step } from '../../api/plan.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';

/** Enables and starts units: those of the first choice of which the first unit is installed. */
export interface StartUnits extends Step {
  readonly type: 'firstBoot.start';
  readonly choices: readonly (readonly string[])[];
}

/** The kernel can mount the shared storage: its module is loaded. */
export interface LoadOcfs2 extends Step {
  readonly type: 'firstBoot.loadOcfs2';
}

export interface SetUpDatabase extends Step {
  readonly type: 'firstBoot.database';
}

/** Before the broker's first start: its data is named after what its node is called then. */
export interface NameBroker extends Step {
  readonly type: 'firstBoot.nameBroker';
}

export interface SetUpBroker extends Step {
  readonly type: 'firstBoot.broker';
}

/** Others can reach the service from its first moment on. */
export interface OpenFirewall extends Step {
  readonly type: 'firstBoot.openFirewall';
}

export interface StartService extends Step {
  readonly type: 'firstBoot.service';
}

/** From here on no boot begins it any more. */
export interface Done extends Step {
  readonly type: 'firstBoot.done';
}

export type FirstBootStep =
  | StartUnits
  | LoadOcfs2
  | SetUpDatabase
  | NameBroker
  | SetUpBroker
  | OpenFirewall
  | StartService
  | Done;

/** Where the management service keeps its data, or its messages: on this machine's server, in itself, or elsewhere. */
export type Home = 'here' | 'itself' | 'elsewhere';

export interface Node {
  role: Role;
  database: Home;
  broker: Home;
}

/** Each step finds what is done already: it goes on wherever an earlier run stopped. */
export const firstBootPlan = (node: Node): Plan<FirstBootStep> => ({
  title: say('set this node up', '部署本节点'),
  steps: [...OF_ROLE[node.role](node), DONE],
  warnings: node.role === 'management' ? leftAlone(node) : [],
  resumes: true,
});

const start = (words: Words, ...choices: string[][]): StartUnits => ({
  type: 'firstBoot.start',
  words,
  choices,
});

const DONE: Done = { type: 'firstBoot.done', words: say('noting that the node is set up', '记录部署完成') };

/** Enterprise Linux has a daemon for each part, which sockets start; Debian has one for all. */
const LIBVIRT = start(
  say('starting virtualization', '启动虚拟化服务'),
  [
    'virtqemud.socket',
    ...['network', 'nodedev', 'storage', 'secret', 'nwfilter'].map((part) => `virt${part}d.socket`),
  ],
  ['libvirtd.service'],
);

const OCFS2: readonly FirstBootStep[] = [
  { type: 'firstBoot.loadOcfs2', words: say('loading OCFS2 into the kernel', '加载 OCFS2 内核模块') },
  start(say('starting the shared storage', '启动共享存储'), ['o2cb.service', 'ocfs2.service']),
];

const DATABASE: readonly FirstBootStep[] = [
  start(say('starting the database', '启动数据库'), ['mariadb.service']),
  {
    type: 'firstBoot.database',
    words: say('setting up the database with passwords of its own', '初始化数据库并生成密码'),
  },
];

const BROKER: readonly FirstBootStep[] = [
  { type: 'firstBoot.nameBroker', words: say('naming the message broker', '设置消息队列名称') },
  start(say('starting the message broker', '启动消息队列'), ['rabbitmq-server.service']),
  {
    type: 'firstBoot.broker',
    words: say('setting up the message broker with a password of its own', '初始化消息队列并生成密码'),
  },
];

const SERVICE: readonly FirstBootStep[] = [
  {
    type: 'firstBoot.openFirewall',
    words: say('opening the firewall for the service', '为管理服务放行防火墙'),
  },
  { type: 'firstBoot.service', words: say('starting the management service', '启动管理服务') },
];

const OF_ROLE: Readonly<Record<Role, (node: Node) => readonly FirstBootStep[]>> = {
  management: ({ database, broker }) => [
    ...(database === 'here' ? DATABASE : []),
    ...(broker === 'here' ? BROKER : []),
    ...SERVICE,
  ],
  compute: () => [LIBVIRT],
  storage: () => [LIBVIRT, ...OCFS2],
  expert: () => [],
};

/** What is configured differently already stays as it is. */
function leftAlone({ database, broker }: Node): Words[] {
  const notes = [];
  if (database === 'itself')
    notes.push(
      say(
        'the service keeps its data in its own store, which stays: no database is set up',
        '管理服务的数据在内置存储中，予以保留：不再部署数据库',
      ),
    );
  if (database === 'elsewhere')
    notes.push(
      say('the database is on another machine, as configured', '数据库在另一台机器上（按现有配置）'),
    );
  if (broker === 'elsewhere')
    notes.push(
      say('the message broker is on another machine, as configured', '消息队列在另一台机器上（按现有配置）'),
    );
  return notes;
}
