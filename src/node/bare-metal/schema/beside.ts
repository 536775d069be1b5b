import { z } from 'zod';
import { say, type Words } from '../../../api/words.ts';
import {
  checkSite,
  ipv4,
  mac,
  type NicBeside,
  nicsOf,
  site,
  siteAddress,
  siteGatewayProblem,
} from './install.ts';

/** A network of a bond, and of NICs beside it that have addresses of their own. */
export const siteWithNics = {
  ...site,
  start: mac.optional(),
  beside: z
    .array(
      z.object({
        mac,
        address: siteAddress.optional(),
        gateway: ipv4.optional(),
        nameservers: site.nameservers,
      }),
    )
    .max(8)
    .default([]),
};

interface Site {
  macs: string[];
  address: string;
  gateway?: string | undefined;
  start?: string | undefined;
  beside: NicBeside[];
}

/** That the parts of such a network go together. */
export function checkNics(whole: Site, context: z.core.$RefinementCtx): void {
  checkSite(whole, context);
  const { macs, beside, start, gateway } = whole;
  const wrong = (path: (string | number)[], words: Words) =>
    context.addIssue({ code: 'custom', path, message: words.en, params: { words } });
  const nics = nicsOf(whole);
  if (start !== undefined && !nics.includes(start))
    wrong(['start'], say('is none of its NICs', '不是其网卡之一'));
  for (const [at, nic] of beside.entries()) {
    if (nics.indexOf(nic.mac) !== macs.length + at)
      wrong(['beside', at, 'mac'], say('is there twice', '重复'));
    const words = besideGateway(nic, [gateway, ...beside.slice(0, at).map((other) => other.gateway)]);
    if (words !== undefined) wrong(['beside', at, 'gateway'], words);
  }
}

function besideGateway({ address, gateway }: NicBeside, others: (string | undefined)[]): Words | undefined {
  if (gateway === undefined) return undefined;
  if (address === undefined) return say('needs an address', '需要先有地址');
  if (others.some((other) => other !== undefined))
    return say('is the second one: a machine has one default gateway', '是第二个网关：机器只有一个默认网关');
  return siteGatewayProblem(address, gateway);
}

/** The network of a machine alone. */
export const installedSite = z.object(siteWithNics).superRefine(checkNics);
