import { ROLES, type Role } from '../../src/api/role.ts';
import type { Entry } from './entries.mts';
import { LIB } from './files.mts';
import { ROLE_NEEDS } from './roles.mts';

/** What of Enterprise Linux the console and the controller need, by the names of its packages. */
const NODE_REQUIRES =
  'systemd, dbus, NetworkManager, iproute, iputils, util-linux, coreutils, findutils, grep, sed, kbd, shadow-utils, procps-ng, pam';
const NODE_RECOMMENDS = 'ethtool, lldpd, smartmontools, ipmitool, chrony, openssh-server';
const REPOSITORY_SUMMARY = 'The repositories of the installation medium, as they lie on the node';

export interface SpecInput {
  version: string;
  description: string;
  /** Shell commands of each moment (scripts/install/life). */
  life: Record<'installed' | 'leaving' | 'left', string>;
  node: readonly Entry[];
  roles: Record<Role, readonly Entry[]>;
  repository: readonly Entry[];
}

/**
 * The text of the rpm spec: one source, laid out below the build root beforehand. No scriptlet can end a transaction
 * half-way: each ends well, and says what to do when a command in it did not.
 */
export function spec(input: SpecInput): string {
  const { version, description, life, node, roles, repository } = input;
  return [
    `Name: zs-node\nVersion: ${version}\nRelease: 1\nSummary: Node console and controller`,
    'License: Apache-2.0 AND MIT',
    `Requires: ${NODE_REQUIRES}\nRecommends: ${NODE_RECOMMENDS}`,
    // By this name older instructions ask for the installer.
    'Provides: zstack-manager = %{version}',
    'Requires(post): systemd\nRequires(preun): systemd',
    // Our files get their labels by the policy, where it comes along.
    'OrderWithRequires(post): policycoreutils, selinux-policy-targeted',
    // What lies in our own folder is nobody else's to use.
    `%global __provides_exclude_from ^/${LIB}/.*$`,
    `%description\n${description}`,
    ...ROLES.map((role) => rolePackage(role)),
    `%package -n zs-repository\nSummary: ${REPOSITORY_SUMMARY}\nBuildArch: noarch`,
    `%description -n zs-repository\n${REPOSITORY_SUMMARY}.`,
    scriptlet('%post', life.installed),
    scriptlet('%preun', `[ "$1" -eq 0 ] || exit 0\n${life.leaving}`),
    scriptlet('%postun', `[ "$1" -eq 0 ] || exit 0\n${life.left}`),
    ...ROLES.flatMap(roleScriptlets),
    `%files\n${listed(node)}`,
    ...ROLES.map((role) => `%files -n zs-role-${role}\n${listed(roles[role])}`),
    `%files -n zs-repository\n${listed(repository)}`,
  ].join('\n\n');
}

/** Two roles never stand beside each other: each is the only one that provides `zs-role`. */
function rolePackage(role: Role): string {
  const { summary, requires, recommends } = ROLE_NEEDS[role];
  return [
    `%package -n zs-role-${role}\nSummary: ${summary}\nBuildArch: noarch`,
    `Requires: zs-node = %{version}-%{release}, ${requires.join(', ')}`,
    'Requires(post): zs-node\nRequires(preun): zs-node',
    ...(recommends.length > 0 ? [`Recommends: ${recommends.join(', ')}`] : []),
    'Provides: zs-role\nConflicts: zs-role',
    `\n%description -n zs-role-${role}\n${summary}.`,
  ].join('\n');
}

/** The role is given once, first boot sets up what it needs, and it is taken only where it still is this one: another may have taken its place meanwhile. */
function roleScriptlets(role: Role): string[] {
  return [
    scriptlet(
      `%post -n zs-role-${role}`,
      `[ "$1" -eq 1 ] || exit 0\nmkdir -p /etc/zs-node\n: > /etc/zs-node/first-boot\nZS_ROLE_ALONE=1 zs-role ${role}`,
    ),
    scriptlet(
      `%preun -n zs-role-${role}`,
      `[ "$1" -eq 0 ] && [ "$(cat /etc/zs-node/role)" = ${role} ] || exit 0\nZS_ROLE_ALONE=1 zs-role expert\nrm -f /etc/zs-node/role /etc/zs-node/first-boot`,
    ),
  ];
}

function scriptlet(moment: string, commands: string): string {
  const macrosOff = commands.replaceAll('%', '%%');
  return `${moment}\n(\nset -eu\n${macrosOff}\n) || echo "zs-node: ${moment.slice(1)} did not end well; see above" >&2\nexit 0`;
}

function listed(entries: readonly Entry[]): string {
  const files = entries.map((entry) => {
    const mode = 'link' in entry.content ? '-' : entry.mode.toString(8);
    return `%attr(${mode},root,root) ${entry.config ? '%config(noreplace) ' : ''}"/${entry.to}"`;
  });
  const folders = [...new Set(entries.flatMap(({ to }) => ownFolders(to)))].map(
    (name) => `%attr(755,root,root) %dir "/${name}"`,
  );
  return [...folders.sort(), ...files].join('\n');
}

const OUR_FOLDER = new RegExp(`^${LIB}(/|$)|zs-node|\\.service\\.d$`);

/** The folders above a file that are the product's own, which go with it. */
function ownFolders(place: string): string[] {
  const parts = place.split('/').slice(0, -1);
  const all = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return all.filter((name) => OUR_FOLDER.test(name));
}
