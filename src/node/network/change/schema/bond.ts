import { say, type Words } from '../../../../api/words.ts';

/** The kernel's seven modes, in the order of their numbers. */
export const BOND_MODES = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;
export type BondMode = (typeof BOND_MODES)[number];

/** The mode of `4` or `802.3ad`; undefined when there is none such. */
export const bondMode = (text: string): BondMode | undefined =>
  /^[0-6]$/.test(text) ? BOND_MODES[Number(text)] : BOND_MODES.find((mode) => mode === text);

export const bondNumber = (mode: string): number => (BOND_MODES as readonly string[]).indexOf(mode);

interface Rule {
  /** Modes in which NetworkManager takes it; absent: all. */
  modes?: readonly BondMode[];
  /** Modes in which the kernel heeds it, where NetworkManager takes it in others as well. */
  heeded?: readonly BondMode[];
  value: RegExp;
}

const NUMBER = /^\d{1,9}$/;
const ARP_MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast'] as const;
const PRIMARY_MODES = ['active-backup', 'balance-tlb', 'balance-alb'] as const;
const HASH_MODES = ['balance-xor', '802.3ad', 'balance-tlb', 'balance-alb'] as const;
const LACP = ['802.3ad'] as const;
const BACKUP = ['active-backup'] as const;
const PORT = /^[^\s/:,]{1,15}$/;

/**
 * Options that we know, with what they take. The installed NetworkManager has the last word, also on those that it
 * knows and we do not.
 */
const RULES: Record<string, Rule> = {
  miimon: { value: NUMBER },
  updelay: { value: NUMBER },
  downdelay: { value: NUMBER },
  use_carrier: { value: /^[01]$/ },
  xmit_hash_policy: {
    heeded: HASH_MODES,
    value: /^([0-5]|layer2|layer3\+4|layer2\+3|encap2\+3|encap3\+4|vlan\+srcmac)$/,
  },
  lacp_rate: { modes: LACP, value: /^(slow|fast|[01])$/ },
  lacp_active: { modes: LACP, value: /^(on|off|[01])$/ },
  ad_select: { heeded: LACP, value: /^(stable|bandwidth|count|[0-2])$/ },
  ad_actor_sys_prio: { modes: LACP, value: NUMBER },
  ad_actor_system: { modes: LACP, value: /^([\da-f]{2}:){5}[\da-f]{2}$/i },
  ad_user_port_key: { modes: LACP, value: NUMBER },
  min_links: { heeded: LACP, value: NUMBER },
  primary: { modes: PRIMARY_MODES, value: PORT },
  active_slave: { modes: PRIMARY_MODES, value: PORT },
  primary_reselect: { heeded: PRIMARY_MODES, value: /^(always|better|failure|[0-2])$/ },
  fail_over_mac: { heeded: BACKUP, value: /^(none|active|follow|[0-2])$/ },
  num_grat_arp: { heeded: BACKUP, value: NUMBER },
  num_unsol_na: { heeded: BACKUP, value: NUMBER },
  peer_notif_delay: { value: NUMBER },
  resend_igmp: { value: NUMBER },
  all_slaves_active: { value: /^[01]$/ },
  packets_per_slave: { modes: ['balance-rr'], value: NUMBER },
  tlb_dynamic_lb: { modes: ['balance-tlb', 'balance-alb'], value: /^[01]$/ },
  lp_interval: { heeded: ['balance-tlb', 'balance-alb'], value: NUMBER },
  'balance-slb': { modes: ['balance-xor'], value: /^[01]$/ },
  arp_interval: { modes: ARP_MODES, value: NUMBER },
  arp_ip_target: { modes: ARP_MODES, value: /^\d+(\.\d+){3}(,\d+(\.\d+){3}){0,15}$/ },
  ns_ip6_target: { modes: ARP_MODES, value: /^[\da-f:.]+(,[\da-f:.]+){0,15}$/i },
  arp_missed_max: { modes: ARP_MODES, value: NUMBER },
  arp_validate: {
    modes: ARP_MODES,
    value: /^(none|active|backup|all|filter|filter_active|filter_backup|[0-6])$/,
  },
  arp_all_targets: { heeded: ARP_MODES, value: /^(any|all|[01])$/ },
};

/** Lists of addresses, which ifcfg files spell `arp_ip_target=+192.0.2.1`. */
const LISTS = ['arp_ip_target', 'ns_ip6_target'];

/** The options with lists as NetworkManager has them: without the plus signs. */
export const asListed = (options: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      LISTS.includes(name) ? value.replace(/(^|,)\+/g, '$1') : value,
    ]),
  );

/** What is wrong with these options in this mode; undefined when nothing is. Empty ones are those that go. */
export function optionsProblem(mode: BondMode, options: Record<string, string>): Words | undefined {
  for (const [name, value] of Object.entries(options)) {
    const problem = value === '' ? undefined : optionProblem(mode, name, value);
    if (problem !== undefined) return problem;
  }
  return isMonitored(options, 'arp_interval') && isMonitored(options, 'miimon')
    ? say('miimon and arp_interval exclude each other', 'miimon 与 arp_interval 互斥')
    : undefined;
}

const isMonitored = (options: Record<string, string>, name: string): boolean =>
  Number(options[name] ?? 0) > 0;

/** What is missing among all the options of a bond. */
export function missingOption(options: Record<string, string>): Words | undefined {
  const hasTarget = LISTS.some((name) => options[name] !== undefined);
  return isMonitored(options, 'arp_interval') && !hasTarget
    ? say('arp_interval needs arp_ip_target', 'arp_interval 需要 arp_ip_target')
    : undefined;
}

function optionProblem(mode: BondMode, name: string, value: string): Words | undefined {
  if (!/^[a-z][\w-]{0,31}$/.test(name))
    return say(`"${name}" is not a bond option`, `“${name}”不是链路聚合选项`);
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return undefined;
  if (rule.modes?.includes(mode) === false)
    return say(`${name} is not allowed in mode ${mode}`, `模式 ${mode} 不允许 ${name}`);
  if (!rule.value.test(value)) return say(`${name} does not take "${value}"`, `${name} 不接受“${value}”`);
  return undefined;
}

function isHeeded(mode: BondMode, name: string): boolean {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  const modes = rule?.modes ?? rule?.heeded;
  return modes === undefined || modes.includes(mode);
}

const OF_ARP = ['arp_interval', 'arp_ip_target', 'ns_ip6_target', 'arp_validate', 'arp_missed_max'];
const OF_MII = ['miimon', 'updelay', 'downdelay'];

/**
 * The options of a bond after others were given: those of now stay, in another mode as far as it heeds them. One way
 * of watching the ports takes the place of the other.
 */
export function mergedOptions(
  mode: BondMode,
  now: { mode: string; options: Record<string, string> },
  given: Record<string, string>,
): Record<string, string> {
  const stays = (name: string) => mode === now.mode || isHeeded(mode, name);
  const replaced = [
    ...(isMonitored(given, 'miimon') ? OF_ARP : []),
    ...(isMonitored(given, 'arp_interval') ? OF_MII : []),
  ];
  const kept = Object.entries(now.options).filter(([name]) => stays(name) && !replaced.includes(name));
  const all = Object.entries({ ...Object.fromEntries(kept), ...given });
  return Object.fromEntries(all.filter(([, value]) => value !== ''));
}

/** Options a bond gets when none are given. */
export const defaultOptions = (mode: BondMode): Record<string, string> =>
  mode === '802.3ad' ? { miimon: '100', xmit_hash_policy: 'layer2+3' } : { miimon: '100' };

/** What the switch has to be set to for this mode. */
export function switchSide(mode: BondMode): Words {
  if (mode === '802.3ad')
    return say(
      'Switch: these ports have to be one LACP port group.',
      '交换机：这些端口必须属于同一个 LACP 聚合组。',
    );
  if (mode === 'balance-rr' || mode === 'balance-xor' || mode === 'broadcast')
    return say(
      'Switch: these ports have to be one static channel (without LACP).',
      '交换机：这些端口必须是同一个静态聚合组（不用 LACP）。',
    );
  return say('Switch: plain ports, no channel.', '交换机：普通端口，不做聚合。');
}

/**
 * Options from a person's words: `miimon=100 arp_ip_target=192.0.2.1,192.0.2.2`. They may be separated by commas as
 * well; a list that is given in parts is one list.
 */
export function optionsFrom(words: readonly string[]): Record<string, string> {
  const options: Record<string, string> = {};
  const all = words.flatMap((word) => word.split(/\s+|,(?=[a-z][\w-]*=)/)).filter((word) => word !== '');
  for (const word of all) {
    const at = word.indexOf('=');
    const [name, value] = at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
    const before = LISTS.includes(name) ? options[name] : undefined;
    options[name] = before === undefined ? value : `${before},${value}`;
  }
  return options;
}

/** `miimon=100 mode=4 xmit_hash_policy=layer2+3`: as administrators know it from ifcfg files. */
export const optionsText = (bond: { mode: string; options: Record<string, string> }): string =>
  Object.entries({ ...bond.options, mode: String(bondNumber(bond.mode)) })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
