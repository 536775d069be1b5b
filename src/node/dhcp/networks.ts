import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { Kept } from '../../system/kept.ts';
import { sameSubnet } from '../network/change/schema/address.ts';
import type { DhcpNetwork } from './config.ts';
import type { Lease } from './schema.ts';
import { DhcpServer } from './server.ts';

/** As `dhcp.set` takes it. */
export interface DhcpInput extends Omit<DhcpNetwork, 'leases'> {
  l3: string;
  lease: Lease;
}

/** The cloud's networks whose DHCP this node answers. */
export class DhcpNetworks {
  readonly #kept: Kept<DhcpNetwork>;
  readonly #folder: string;
  readonly #bridgeOf: (l2: string) => Promise<string>;

  /**
   * @param data the controller's own folder, @param run the one that ends with the boot
   * @param bridgeOf throws `notFound` field `l2`
   */
  constructor(data: string, run: string, bridgeOf: (l2: string) => Promise<string>) {
    this.#kept = new Kept(join(data, 'guests', 'dhcp.json'));
    this.#folder = join(run, 'dhcp');
    this.#bridgeOf = bridgeOf;
  }

  /** As `dhcp.set` says. */
  async set({ l3, lease, ...network }: DhcpInput): Promise<void> {
    checkSubnet(network, lease);
    const bridge = await this.#bridgeOf(network.l2);
    const before = (await this.#kept.get(l3))?.leases ?? [];
    if (before.some(({ mac, ip }) => mac !== lease.mac && ip === lease.ip)) throw taken(lease.ip);
    // In its place: another order would be another configuration, and the server would begin anew.
    const isKnown = before.some(({ mac }) => mac === lease.mac);
    const leases = before.map((each) => (each.mac === lease.mac ? lease : each));
    const wanted = { ...network, leases: isKnown ? leases : [...leases, lease] };
    // First what is kept: what was cut off is made at the next start.
    await this.#kept.set(l3, wanted);
    await this.#server(l3).ensure(wanted, bridge);
  }

  /** As `dhcp.remove` says. */
  async remove(l3: string, mac: string | undefined): Promise<void> {
    const kept = await this.#kept.get(l3);
    const leases = mac === undefined ? [] : (kept?.leases.filter((each) => each.mac !== mac) ?? []);
    if (kept === undefined || leases.length === 0) {
      await this.#server(l3).remove();
      await this.#kept.set(l3, undefined);
      return;
    }
    const wanted = { ...kept, leases };
    await this.#kept.set(l3, wanted);
    await this.#server(l3).ensure(wanted, await this.#bridgeOf(kept.l2));
  }

  /**
   * Starts servers that are gone anew: after a reboot, or one that died. Answers what could not be started.
   * @param alone does the work while nobody else changes that network
   */
  async remake(alone: (l3: string, work: () => Promise<void>) => Promise<void>): Promise<Words[]> {
    const failed: Words[] = [];
    for (const l3 of (await this.#kept.all()).keys())
      await this.#remakeOne(l3, (work) => alone(l3, work)).catch((thrown) => {
        const { words } = Fault.from(thrown);
        failed.push(say(`DHCP: ${words.en}`, `DHCP：${words.zh}`));
      });
    return failed;
  }

  async #remakeOne(l3: string, alone: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    const kept = await this.#kept.get(l3);
    if (kept === undefined) return;
    const bridge = await this.#bridgeOf(kept.l2);
    if (await this.#server(l3).stands(bridge)) return;
    await alone(async () => {
      const now = await this.#kept.get(l3);
      if (now !== undefined) await this.#server(l3).ensure(now, bridge);
    });
  }

  #server(l3: string): DhcpServer {
    return new DhcpServer(this.#folder, l3);
  }
}

/** Throws `usage` that names the address outside. */
function checkSubnet({ server, prefix, gateway }: Omit<DhcpNetwork, 'leases'>, lease: Lease): void {
  const outside = (field: string, address: string | undefined) => {
    if (address === undefined || sameSubnet(server, prefix, address)) return;
    const words = say(
      `${field}: is not in one subnet with ${server}/${prefix}`,
      `${field}：与 ${server}/${prefix} 不在同一子网`,
    );
    throw new Fault('usage', words, { field });
  };
  outside('gateway', gateway);
  outside('lease.ip', lease.ip);
  if (lease.ip === server)
    throw new Fault(
      'usage',
      say('lease.ip: is the DHCP server’s own', 'lease.ip：是 DHCP 服务器自身的地址'),
      {
        field: 'lease.ip',
      },
    );
}

const taken = (ip: string): Fault =>
  new Fault('conflict', say(`another NIC has ${ip}`, `另一网卡已使用 ${ip}`), { field: 'lease' });
