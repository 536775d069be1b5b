import { say } from '../../../api/words.ts';
import { isKernelName } from '../change/schema/names.ts';
import type { LinkContext, OldLink } from './context.ts';
import { macNamed } from './identity.ts';
import type { Keys } from './keys.ts';
import { isNicName } from './kinds.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';
import type { Unit } from './units.ts';

/** `eth0.100`, or `vlan100` with its PHYSDEV. */
export function vlanSection(keys: Keys, link: OldLink, context: LinkContext): Sections[string] {
  const device = link.unit.device ?? '';
  const [, above, digits] = /^(.+)\.(\d{1,4})$/.exec(device) ?? [];
  keys.pass('VLAN_NAME_TYPE');
  const told = keys.number('VLAN_ID', 1, 4094);
  const named = Number(digits ?? /^vlan(\d+)$/.exec(device)?.[1]);
  const id = told ?? named;
  if (!(id >= 1 && id <= 4094)) keys.refuse('VLAN_ID', valueWords(String(told ?? device)));
  const below = keys.text('PHYSDEV') ?? above;
  if (below === undefined) return { id, parent: keys.refuse('PHYSDEV', say('is not set', '未设置')) };
  if (above !== undefined && above !== below && digits !== undefined && told === undefined)
    keys.refuse('PHYSDEV', say(`is not the ${above} of the name`, `与名称中的 ${above} 不符`));
  const parent = context.units.find((unit) => unit.device === below || unit.main.settings.UUID === below);
  if (parent !== undefined) link.needs.push(parent.main.file);
  else if (!isNicName(below))
    keys.refuse('PHYSDEV', say(`${below} has no file here`, `${below} 没有对应文件`));
  return { id, parent: parentName(parent, below, context) };
}

/** A parent whose name is not promised is named by its profile, or by the MAC address that the section before has. */
function parentName(
  parent: Unit | undefined,
  below: string,
  { given, uuidOf }: LinkContext,
): string | undefined {
  if (parent !== undefined) return isKernelName(parent.device ?? 'eth0') ? uuidOf(parent) : parent.device;
  return isKernelName(below) && macNamed(below, given) !== undefined ? undefined : below;
}

/** Of a tagged link's parent that has no file, and a name that is not promised. */
export function parentMac(
  keys: Keys,
  { kind, unit }: OldLink,
  { units, given }: LinkContext,
): string | undefined {
  const below = keys.settings.PHYSDEV || unit.device?.replace(/\.\d+$/, '') || '';
  const hasFile = units.some(({ device }) => device === below);
  return kind === 'vlan' && !hasFile && isKernelName(below) ? macNamed(below, given) : undefined;
}
