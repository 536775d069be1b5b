import type { z } from 'zod';
import { issueWords } from '../../../api/issue-words.ts';
import { say, type Words } from '../../../api/words.ts';
import { installedSite } from '../../../node/bare-metal/schema/beside.ts';
import type { INSTALLED_MODES } from '../../../node/bare-metal/schema/install.ts';
import { badField } from '../../define/refusal.ts';
import type { Bonding, CfgItems, NicCfg } from './cfg-items.ts';

type Site = z.output<typeof installedSite>;

/** The one that the installed machine has. */
export const BOND = 'bond0';

/** By the numbers of the kernel, and its names. */
const MODES: Readonly<Record<string, (typeof INSTALLED_MODES)[number]>> = {
  1: 'active-backup',
  'active-backup': 'active-backup',
  4: '802.3ad',
  '802.3ad': '802.3ad',
};

const refused = (field: string, words: Words) => badField(`cfgItems.${field}`, words);

/**
 * The network of the node that is installed: one bond, over the NIC that it starts from where no other is asked for, and
 * NICs beside it. Throws `usage` that names the field.
 */
export function siteOf({ nicCfgs, bondings: [bonding] }: CfgItems): Site {
  const start = startsFrom(nicCfgs);
  const bond =
    bonding === undefined ? ofOne(start, nicCfgs.indexOf(start)) : ofSeveral(bonding, nicCfgs, start.mac);
  const beside = nicCfgs.filter(({ mac }) => !bond.macs.includes(mac));
  const places = beside.map((nic) => `nicCfgs.${nicCfgs.indexOf(nic)}`);
  const site = {
    ...bond.site,
    macs: bond.macs,
    ...(bond.macs.includes(start.mac) ? {} : { start: start.mac }),
    beside: beside.map(({ mac, ...nic }, at) => ({ mac, ...addressOf(nic, places[at] ?? '') })),
  };
  return checked({ ...site, address: site.address ?? 'dhcp' }, bond.place, places);
}

const ofOne = (nic: NicCfg, at: number) => {
  const place = `nicCfgs.${at}`;
  return { macs: [nic.mac], place, site: { mode: 'active-backup' as const, ...addressOf(nic, place) } };
};

/** The NIC that the machine starts from is the first one, where it is among them. */
function ofSeveral(bonding: Bonding, nics: readonly NicCfg[], start: string) {
  const place = 'bondings.0';
  const { slaves, name = BOND } = bonding;
  if (name !== BOND)
    throw refused(`${place}.name`, say(`the bond of every node is ${BOND}`, `每个节点的绑定都是 ${BOND}`));
  portsAlone(nics, slaves);
  const macs = slaves.includes(start) ? [start, ...slaves.filter((mac) => mac !== start)] : slaves;
  return { macs, place, site: { mode: modeOf(bonding), ...addressOf(bonding, place) } };
}

function startsFrom(nics: readonly NicCfg[]): NicCfg {
  const twice = nics.findIndex(({ mac }, at) => nics.slice(0, at).some((other) => other.mac === mac));
  if (twice !== -1) throw refused(`nicCfgs.${twice}.mac`, say('is there twice', '重复'));
  const [only, ...more] = nics.filter(({ pxe }) => pxe ?? nics.length === 1);
  if (only !== undefined && more.length === 0) return only;
  throw refused(
    'nicCfgs',
    say(
      'pxe must be true for one of them: the NIC from which the machine starts',
      '须有且仅有一个 pxe 为 true：机器启动所用的网卡',
    ),
  );
}

const ADDRESSING = ['ip', 'netmask', 'gateway', 'dns'] as const;

/** NICs of a bond have no addresses of their own. */
function portsAlone(nics: readonly NicCfg[], slaves: readonly string[]): void {
  for (const [at, nic] of nics.entries()) {
    const own = slaves.includes(nic.mac) ? ADDRESSING.find((field) => nic[field] !== undefined) : undefined;
    if (own !== undefined) throw refused(`nicCfgs.${at}.${own}`, say('belongs to the bond', '应写在绑定上'));
  }
}

function modeOf({ mode }: Bonding): Site['mode'] {
  const known = MODES[mode];
  if (known !== undefined) return known;
  throw refused(
    'bondings.0.mode',
    say(
      `${mode} is neither 1 (active-backup) nor 4 (802.3ad)`,
      `${mode} 既不是 1（active-backup）也不是 4（802.3ad）`,
    ),
  );
}

type Addressed = Pick<NicCfg, (typeof ADDRESSING)[number]>;

function addressOf({ ip, netmask, gateway, dns = [] }: Addressed, place: string) {
  const missing = ip === undefined ? 'ip' : 'netmask';
  if ((ip === undefined) !== (netmask === undefined))
    throw refused(
      `${place}.${missing}`,
      say('is needed as well: both, or none', '须同时填写 ip 和 netmask，或都不填'),
    );
  return { address: ip === undefined ? undefined : `${ip}/${netmask}`, gateway, nameservers: dns };
}

/** Names of what a node is asked for, as clients know them. */
const FIELDS: Readonly<Record<string, string>> = {
  macs: 'slaves',
  address: 'ip',
  gateway: 'gateway',
  nameservers: 'dns',
};

/** @param places of the bond, and of each NIC beside it, as clients know them */
function checked(site: z.input<typeof installedSite>, place: string, places: readonly string[]): Site {
  const read = installedSite.safeParse(site);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const [first, at, field] = issue?.path ?? [];
  const [of, name] = first === 'beside' ? [places[Number(at)], field] : [place, first];
  throw refused(`${of}.${FIELDS[String(name)] ?? 'mac'}`, issueWords(issue));
}
