import { type Entry, text } from './entries.mts';

/** Where a node keeps what its installation medium brought, and under which names dnf knows it. */
export const MEDIUM = '/opt/zstack-dvd';
/** Our own repository's folder on the medium. */
export const OWN_REPOSITORY = 'ZSNode';
export const PUBLIC_KEY = 'etc/pki/rpm-gpg/RPM-GPG-KEY-zs-node';

const REPOSITORIES = [
  { id: 'zs-baseos', folder: 'BaseOS', name: 'Base system of the installation medium' },
  { id: 'zs-appstream', folder: 'AppStream', name: 'Programs of the installation medium' },
  { id: 'zs-node', folder: OWN_REPOSITORY, name: 'Node console and what its roles need' },
];

/**
 * The node's local repositories, used without any network. What is copied from a checked medium needs no other proof,
 * and not all of it is signed by one key. The public key of our own packages, where they are signed, lies beside the
 * vendor's: `rpm --import` and `rpm -K` check them.
 */
export function repositoryFiles(key?: string): Entry[] {
  const sections = REPOSITORIES.map(
    ({ id, folder, name }) =>
      `[${id}]\nname=${name}\nbaseurl=file://${MEDIUM}/${folder}\nenabled=1\nskip_if_unavailable=1\ngpgcheck=0\n`,
  );
  const configuration = { ...text('etc/yum.repos.d/zs-node.repo', sections.join('\n')), config: true };
  return key === undefined ? [configuration] : [configuration, text(PUBLIC_KEY, key)];
}
