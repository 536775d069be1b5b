import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { ruled } from '../../api/ruled.ts';
import { uuid } from '../../api/uuid.ts';
import { say } from '../../api/words.ts';
import { versionOf } from '../network/change/schema/address.ts';
import { MAC } from '../network/change/schema/fields.ts';

const ipv4 = ruled((text) =>
  versionOf(text) === 4 ? undefined : say('is not a valid IPv4 address', '不是有效的 IPv4 地址'),
);

/** Of a guest's NIC: lower case, and not the address of a group. */
export const guestMac = ruled((text) =>
  MAC.test(text) && Number.parseInt(text.slice(0, 2), 16) % 2 === 0
    ? undefined
    : say('is not the MAC address of a NIC', '不是网卡的 MAC 地址'),
);

/** What a guest may call itself. */
export const hostname = ruled((text) =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(text) ? undefined : say('is not a hostname', '不是主机名'),
);

const domain = ruled((text) =>
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(text)
    ? undefined
    : say('is not a domain', '不是域名'),
);

/** The one address that a NIC of a guest is given, for as long as it lives. */
const lease = z.object({
  mac: guestMac,
  ip: ipv4,
  /** What the guest may call itself; `192-168-12-3` after its address where it has no name. */
  hostname: hostname.optional(),
  /** Whether this NIC has the guest's default route; the DNS servers come with it. */
  isDefault: z.boolean().default(true),
});
export type Lease = z.output<typeof lease>;

/**
 * Has a DHCP server of this node's own guests on an L3 network: dnsmasq in a network namespace of its own, at the bridge
 * of the L2 network, which answers the NICs it knows and nobody else. The network's values replace those of before; the
 * lease is added to the others, or replaces the one of that MAC. It lives on while the controller does not. Faults:
 * `notFound` field `l2` (not on this node), `usage` field of what is not in the subnet, `conflict` field `lease` (another
 * MAC has that address), `unavailable` (dnsmasq is missing), `failed`.
 */
export const setDhcp = defineAction<void>()({
  name: 'dhcp.set',
  input: z.object({
    l3: uuid,
    l2: uuid,
    /** The address that the network keeps for its DHCP servers, the same on every host. */
    server: ipv4,
    prefix: z.int().min(1).max(30),
    gateway: ipv4.optional(),
    dns: z.array(ipv4).max(3).default([]),
    domain: domain.optional(),
    mtu: z.int().min(68).max(9216).default(1500),
    lease,
  }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ l3 }) => `l3 ${l3}`,
  told: ({ lease: { ip } }) => say(`Offer ${ip} by DHCP`, `通过 DHCP 提供 ${ip}`),
});

/**
 * Takes the lease of a MAC away, without `mac` all of the network's. With the last one go server and namespace. What is
 * not there is gone already.
 */
export const removeDhcp = defineAction<void>()({
  name: 'dhcp.remove',
  input: z.object({ l3: uuid, mac: guestMac.optional() }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ l3 }) => `l3 ${l3}`,
  told: () => say('Stop offering an address by DHCP', '停止通过 DHCP 提供地址'),
});
