/** What NetworkManager's device lists tell a NIC by. */
export interface ListedNic {
  name: string;
  /** Permanent MAC. */
  mac?: string;
  driver?: string;
}

/**
 * Whether a device list of NetworkManager's configuration, such as `unmanaged-devices`, means this NIC
 * (NetworkManager.conf(5), Device List Format). An exception in it wins over everything else.
 */
export function isListed(list: string, nic: ListedNic): boolean {
  const terms = list
    .split(/[,;\s]+/)
    .map((term) => term.trim())
    .filter(Boolean);
  const except = terms.filter((term) => term.startsWith('except:')).map((term) => term.slice(7));
  if (except.some((term) => fits(term, nic))) return false;
  const plain = terms.filter((term) => !term.startsWith('except:'));
  // A list of exceptions alone means all others.
  return plain.some((term) => fits(term, nic)) || (plain.length === 0 && except.length > 0);
}

function fits(term: string, { name, mac, driver }: ListedNic): boolean {
  const [, key = '', value = ''] = /^(interface-name|mac|type|driver):(.*)$/.exec(term) ?? [];
  switch (key) {
    case 'interface-name':
      return value.startsWith('=') ? value.slice(1) === name : matches(value.replace(/^~/, ''), name);
    case 'mac':
      return isMac(value, mac);
    case 'type':
      return value === 'ethernet';
    case 'driver':
      return driver !== undefined && matches(value.split('/')[0] ?? '', driver);
    default:
      return term === '*' || term === name || isMac(term, mac);
  }
}

const isMac = (text: string, mac: string | undefined): boolean =>
  mac !== undefined && text.replaceAll('-', ':').toLowerCase() === mac.toLowerCase();

/** `*` and `?` as a shell has them. */
const matches = (glob: string, name: string): boolean =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(name);
