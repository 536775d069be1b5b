import type { z } from 'zod';
import { issueWords } from '../../../api/issue-words.ts';
import { say, type Words } from '../../../api/words.ts';
import { type INSTALLED_MODES, installedSite } from '../../../node/bare-metal/schema/install.ts';
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

/** The network of the node that is installed: one bond, over the NIC that it starts from. Throws `usage` that names the field. */
export function siteOf(items: CfgItems): Site {
  const [bonding] = items.bondings;
  const start = startsFrom(items.nicCfgs);
  const at = items.nicCfgs.indexOf(start);
  if (bonding === undefined) {
    alone(items.nicCfgs, at);
    return checked(
      { macs: [start.mac], mode: 'active-backup', ...addressOf(start, `nicCfgs.${at}`) },
      `nicCfgs.${at}`,
    );
  }
  portsOnly(items.nicCfgs, bonding);
  const macs = [start.mac, ...bonding.slaves.filter((mac) => mac !== start.mac)];
  return checked({ macs, mode: modeOf(bonding), ...addressOf(bonding, 'bondings.0') }, 'bondings.0');
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

function alone(nics: readonly NicCfg[], start: number): void {
  const other = nics.findIndex((_, at) => at !== start);
  if (other !== -1)
    throw refused(
      `nicCfgs.${other}`,
      say(
        `a machine is installed with one bond, ${BOND}, and no NIC beside it: make it one of its slaves`,
        `机器安装时只有一个绑定 ${BOND}，没有其他网卡：请将其加入该绑定的 slaves`,
      ),
    );
}

const ADDRESSING = ['ip', 'netmask', 'gateway', 'dns'] as const;

/** NICs of a bond have no addresses of their own. */
function portsOnly(nics: readonly NicCfg[], { slaves, name = BOND }: Bonding): void {
  if (name !== BOND)
    throw refused('bondings.0.name', say(`the bond of every node is ${BOND}`, `每个节点的绑定都是 ${BOND}`));
  for (const [at, nic] of nics.entries()) {
    if (!slaves.includes(nic.mac))
      throw refused(
        `nicCfgs.${at}`,
        say(
          `a machine has no NIC beside its ${BOND}: ${nic.mac} must be one of its slaves`,
          `除 ${BOND} 外没有其他网卡：${nic.mac} 须在其 slaves 中`,
        ),
      );
    const own = ADDRESSING.find((field) => nic[field] !== undefined);
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
  return { address: ip === undefined ? 'dhcp' : `${ip}/${netmask}`, gateway, nameservers: dns };
}

/** Names of what a node is asked for, as clients know them. */
const FIELDS: Readonly<Record<string, string>> = {
  macs: 'slaves',
  address: 'ip',
  gateway: 'gateway',
  nameservers: 'dns',
};

function checked(site: z.input<typeof installedSite>, place: string): Site {
  const read = installedSite.safeParse(site);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refused(`${place}.${FIELDS[String(issue?.path[0])] ?? 'ip'}`, issueWords(issue));
}
