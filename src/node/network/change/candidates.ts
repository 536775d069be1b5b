import type { Settings, Value } from '../../../system/networkmanager/bus.ts';
import type { Profile } from '../../../system/networkmanager/objects.ts';
import type { Candidate, LinkKind } from './schema/state.ts';

const ETHERNET = '802-3-ethernet';

/** NetworkManager's folders: files of the first are made anew at each boot, those of the second come with the system. */
const NOT_OURS = /^\/(run|usr\/lib)\//;

interface Fits {
  name: string;
  kind: LinkKind;
  /** Permanent one, of a NIC. */
  mac?: string;
}

/** Every profile that may start on the link by itself, be it bound to its name, to its MAC address or to neither. */
export const candidatesFor = (link: Fits, profiles: readonly Profile[]): Candidate[] =>
  profiles.filter((profile) => mayStart(profile, link)).map((profile) => candidate(profile, link));

function mayStart({ interfaceName, settings, ...profile }: Profile, { name, kind, mac }: Fits): boolean {
  if (profile.external || profile.remade || !startsByItself(settings)) return false;
  if (kind !== 'physical') return interfaceName === name;
  if (settings.connection?.type?.value !== ETHERNET) return false;
  const bound = macIn(settings);
  return (interfaceName === '' || interfaceName === name) && (bound === undefined || bound === mac);
}

function candidate(profile: Profile, { name, mac }: Fits): Candidate {
  const { uuid, id, interfaceName, settings } = profile;
  return {
    uuid,
    id,
    own: interfaceName === name || (mac !== undefined && macIn(settings) === mac),
    priority: priorityOf(settings),
    ...sourceOf(profile),
  };
}

/**
 * A file that others own. What NetworkManager itself made up (a NIC without any profile gets one) is in the first
 * folder as well, and is not made again once it was saved.
 */
export const sourceOf = ({ file, generated }: Pick<Profile, 'file' | 'generated'>): { source?: string } =>
  NOT_OURS.test(file) && !generated ? { source: file } : {};

export const startsByItself = ({ connection }: Settings): boolean => connection?.autoconnect?.value !== false;

export const priorityOf = ({ connection }: Settings): number =>
  Number(connection?.['autoconnect-priority']?.value ?? 0);

/** The permanent MAC address that a profile is bound to. */
export function macIn(settings: Settings): string | undefined {
  const bytes: Value | undefined = settings[ETHERNET]?.['mac-address'];
  const hex = Buffer.from((bytes?.value ?? []) as Uint8Array).toString('hex');
  return hex === '' ? undefined : hex.replace(/(..)(?=.)/g, '$1:');
}
