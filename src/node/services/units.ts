import type { Role } from '../../api/role.ts';
import { say } from '../../api/words.ts';
import type { ServiceFact } from '../facts/schema.ts';

/** One service of a role. Distributions name some of them differently: the first unit that is installed counts. */
export interface RoleService {
  key: ServiceFact['key'];
  label: ServiceFact['label'];
  units: readonly [string, ...string[]];
  /** The socket that starts a unit on demand, by the unit's name. */
  sockets?: Readonly<Record<string, string>>;
}

const MANAGEMENT: RoleService = {
  key: 'management',
  label: say('Service', '管理服务'),
  units: ['zs-management.service'],
};
const UI: RoleService = { key: 'ui', label: say('Web UI', '管理界面'), units: ['zs-ui.service'] };
const CONTROLLER: RoleService = {
  key: 'controller',
  label: say('Controller', '控制器'),
  units: ['zs-controller.service'],
};
const DATABASE: RoleService = {
  key: 'database',
  label: say('Database', '数据库'),
  units: ['mariadb.service', 'mysqld.service'],
};
const BROKER: RoleService = {
  key: 'broker',
  label: say('Messages', '消息队列'),
  units: ['rabbitmq-server.service'],
};
const LIBVIRT: RoleService = {
  key: 'libvirt',
  label: say('libvirt', 'libvirt'),
  units: ['virtqemud.service', 'libvirtd.service'],
  sockets: { 'virtqemud.service': 'virtqemud.socket', 'libvirtd.service': 'libvirtd.socket' },
};
const O2CB: RoleService = { key: 'o2cb', label: say('o2cb', 'o2cb'), units: ['o2cb.service'] };
const OCFS2: RoleService = { key: 'ocfs2', label: say('OCFS2', 'OCFS2'), units: ['ocfs2.service'] };

/** Not on the main screen while it runs: nobody looks for it before it is gone. */
const NETWORK: RoleService = {
  key: 'network',
  label: say('NetworkManager', 'NetworkManager'),
  units: ['NetworkManager.service'],
};

const OF_ROLE: Record<Role, readonly RoleService[]> = {
  management: [MANAGEMENT, UI, DATABASE, BROKER, LIBVIRT, NETWORK],
  compute: [CONTROLLER, LIBVIRT, NETWORK],
  storage: [CONTROLLER, LIBVIRT, O2CB, OCFS2, NETWORK],
  expert: [CONTROLLER],
};

/** The services that a role needs, in the order of the main screen. */
export const servicesOf = (role: Role): readonly RoleService[] => OF_ROLE[role];
