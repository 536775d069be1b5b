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
  /** Modes in which the kernel takes it; absent: all. */
  modes?: readonly BondMode[];
  value: RegExp;
}

const NUMBER = /^\d{1,9}$/;
const ARP_MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast'] as const;
const PRIMARY_MODES = ['active-backup', 'balance-tlb', 'balance-alb'] as const;
const HASH_MODES = ['balance-xor', '802.3ad', 'balance-tlb', 'balance-alb'] as const;

/** Options as the kernel's bonding documentation lists them, with what they take. */
const RULES: Record<string, Rule> = {
  miimon: { value: NUMBER },
  updelay: { value: NUMBER },
  downdelay: { value: NUMBER },
  use_carrier: { value: /^[01]$/ },
  xmit_hash_policy: {
    modes: HASH_MODES,
    value: /^([0-5]|layer2|layer3\+4|layer2\+3|encap2\+3|encap3\+4|vlan\+srcmac)$/,
  },
  lacp_rate: { modes: ['802.3ad'], value: /^(slow|fast|[01])$/ },
  lacp_active: { modes: ['802.3ad'], value: /^(on|off|[01])$/ },
  ad_select: { modes: ['802.3ad'], value: /^(stable|bandwidth|count|[0-2])$/ },
  ad_actor_sys_prio: { modes: ['802.3ad'], value: NUMBER },
  ad_user_port_key: { modes: ['802.3ad'], value: NUMBER },
  min_links: { modes: ['802.3ad'], value: NUMBER },
  primary: { modes: PRIMARY_MODES, value: /^[^\s/:,]{1,15}$/ },
  primary_reselect: { modes: PRIMARY_MODES, value: /^(always|better|failure|[0-2])$/ },
  fail_over_mac: { modes: ['active-backup'], value: /^(none|active|follow|[0-2])$/ },
  num_grat_arp: { modes: ['active-backup'], value: NUMBER },
  num_unsol_na: { modes: ['active-backup'], value: NUMBER },
  peer_notif_delay: { value: NUMBER },
  resend_igmp: { value: NUMBER },
  all_slaves_active: { value: /^[01]$/ },
  packets_per_slave: { modes: ['balance-rr'], value: NUMBER },
  tlb_dynamic_lb: { modes: ['balance-tlb'], value: /^[01]$/ },
  lp_interval: { modes: ['balance-tlb', 'balance-alb'], value: NUMBER },
  arp_interval: { modes: ARP_MODES, value: NUMBER },
  arp_ip_target: { modes: ARP_MODES, value: /^\d+(\.\d+){3}(,\d+(\.\d+){3}){0,15}$/ },
  arp_validate: {
    modes: ARP_MODES,
    value: /^(none|active|backup|all|filter|filter_active|filter_backup|[0-6])$/,
  },
  arp_all_targets: { modes: ARP_MODES, value: /^(any|all|[01])$/ },
};

/** What is wrong with these options in this mode; undefined when nothing is. */
export function optionsProblem(mode: BondMode, options: Record<string, string>): Words | undefined {
  for (const [name, value] of Object.entries(options)) {
    const problem = optionProblem(mode, name, value);
    if (problem !== undefined) return problem;
  }
  const arp = Number(options.arp_interval ?? 0) > 0;
  if (arp && Number(options.miimon ?? 0) > 0)
    return say('miimon and arp_interval exclude each other', 'miimon 与 arp_interval 互斥');
  if (arp && options.arp_ip_target === undefined)
    return say('arp_interval needs arp_ip_target', 'arp_interval 需要 arp_ip_target');
  return undefined;
}

function optionProblem(mode: BondMode, name: string, value: string): Words | undefined {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return say(`"${name}" is not a bond option`, `“${name}”不是链路聚合选项`);
  if (rule.modes !== undefined && !rule.modes.includes(mode))
    return say(`${name} is not allowed in mode ${mode}`, `模式 ${mode} 不允许 ${name}`);
  if (!rule.value.test(value)) return say(`${name} does not take "${value}"`, `${name} 不接受“${value}”`);
  return undefined;
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

/** `mode=802.3ad miimon=100` from a script's words; a `mode` among them is taken out. */
export function optionsFrom(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words
      .flatMap((word) => word.split(/[\s]+/))
      .filter((word) => word !== '')
      .map((word) => {
        const at = word.indexOf('=');
        return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
      }),
  );
}

/** `miimon=100 mode=4 xmit_hash_policy=layer2+3`: as administrators know it from ifcfg files. */
export const optionsText = (bond: { mode: string; options: Record<string, string> }): string =>
  Object.entries({ ...bond.options, mode: String(bondNumber(bond.mode)) })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
