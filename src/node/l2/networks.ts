import { join } from 'node:path';
import type { Run } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { type LinkRecord, masterOf, readLinks } from '../../system/iproute.ts';
import { Kept } from '../../system/kept.ts';
import type { Settings } from '../../system/networkmanager/bus.ts';
import type { NetworkManager } from '../../system/networkmanager/manager.ts';
import { bringUp } from '../network/change/activate.ts';
import type { Given } from '../network/change/executors.ts';
import type { Network } from '../network/change/network.ts';
import { managedLink } from '../network/change/plan/edit.ts';
import type { NetworkStep } from '../network/change/plan/steps.ts';
import { bridgeName } from '../network/change/schema/names.ts';
import { type Link, linkOf, type NetworkState } from '../network/change/schema/state.ts';
import { bridgeProfile, portProfile, profileUuid } from './profiles.ts';

type L2Run = Run<never, NetworkStep, Given>;

/** What the node keeps of a network of the cloud. */
interface KeptL2 {
  nic: string;
}

/** The cloud's L2 networks that this node has a bridge for. */
export class L2Networks {
  readonly #network: Network;
  readonly #kept: Kept<KeptL2>;
  readonly #remade: (bridge: string) => Promise<void>;

  /** @param data the controller's own folder @param remade a bridge was made anew: what stood at it comes back */
  constructor(network: Network, data: string, remade: (bridge: string) => Promise<void>) {
    this.#network = network;
    this.#remade = remade;
    this.#kept = new Kept(join(data, 'guests', 'l2.json'));
  }

  /** Throws `notFound` field `l2` for one that is not here, or whose bridge the kernel does not have. */
  async bridgeOf(l2: string): Promise<string> {
    const kept = await this.#kept.get(l2);
    if (kept === undefined) throw notHere(say('this node has no such network', '本节点没有该网络'));
    const bridge = bridgeName(kept.nic);
    if ((await masterOf(kept.nic)) === bridge) return bridge;
    throw notHere(say(`the bridge ${bridge} is not there`, `网桥 ${bridge} 不存在`));
  }

  /** As `l2.ensure` says. Answers the bridge. */
  async ensure(l2: string, nic: string, run: L2Run): Promise<string> {
    const before = await this.#kept.get(l2);
    if (before !== undefined && before.nic !== nic) throw elsewhere(before.nic);
    const bridge = bridgeName(nic);
    if ((await masterOf(nic)) !== bridge)
      await run.holding('network', () => this.#make(l2, nic, bridge, run));
    if (before === undefined) await this.#kept.set(l2, { nic });
    return bridge;
  }

  async #make(l2: string, nic: string, bridge: string, run: L2Run): Promise<void> {
    const state = await this.#network.state();
    const link = freeNic(state, nic);
    if (keepsAddresses(link)) return this.#network.bridge(nic, bridge, run);
    await putBridge(await this.#network.manager(), state, l2, nic, bridge, run.signal);
  }

  /** As `l2.remove` says. */
  async remove(l2: string, run: Pick<L2Run, 'holding'>): Promise<void> {
    const kept = await this.#kept.get(l2);
    if (kept === undefined) return;
    const bridge = bridgeName(kept.nic);
    const others = [...(await this.#kept.all())].some(([uuid, { nic }]) => uuid !== l2 && nic === kept.nic);
    if (!others) await run.holding('network', () => this.#takeAway(l2, kept.nic, bridge));
    await this.#kept.set(l2, undefined);
  }

  async #takeAway(l2: string, nic: string, bridge: string): Promise<void> {
    const guest = (await readLinks()).find(({ ifname, master }) => master === bridge && ifname !== nic);
    if (guest !== undefined) throw used(bridge, guest.ifname);
    const manager = await this.#network.manager();
    for (const part of ['port', 'bridge'] as const) {
      const profile = await manager.profile(profileUuid(l2, part));
      if (profile?.remade === true) await manager.deleteProfile(profile.path);
    }
  }

  /**
   * Makes bridges that are gone anew: after a reboot, or whoever took them away, and puts back the guests that are at none.
   * One that holds the node's addresses is NetworkManager's to start. Answers what could not be made.
   * @param alone does the work while nobody else changes the network
   */
  async remake(alone: (work: () => Promise<void>) => Promise<void>): Promise<Words[]> {
    const failed: Words[] = [];
    for (const [l2, { nic }] of await this.#kept.all()) {
      const bridge = bridgeName(nic);
      const links = await readLinks();
      const isThere = stands(links, nic, bridge);
      if (isThere && !links.some(isLoose)) continue;
      // Often NetworkManager has made the bridge anew by itself.
      const work = isThere ? () => this.#remade(bridge) : () => this.#remakeOne(l2, nic, bridge);
      await alone(work).catch((thrown) => {
        const { words } = Fault.from(thrown);
        failed.push(say(`${bridge}: ${words.en}`, `${bridge}：${words.zh}`));
      });
    }
    return failed;
  }

  async #remakeOne(l2: string, nic: string, bridge: string): Promise<void> {
    const state = await this.#network.state();
    if (keepsAddresses(freeNic(state, nic)))
      throw conflict(say(`${nic} has addresses now`, `${nic} 现有地址`));
    const signal = new AbortController().signal;
    await putBridge(await this.#network.manager(), state, l2, nic, bridge, signal);
    await this.#remade(bridge);
  }
}

const stands = (records: readonly LinkRecord[], nic: string, bridge: string): boolean =>
  records.some(({ ifname, master }) => ifname === nic && master === bridge);

/** A guest's end, as libvirt names them, that is at no bridge. */
const isLoose = ({ ifname, master }: LinkRecord): boolean => /^vnet\d+$/.test(ifname) && master === undefined;

/** Throws `notFound` or `conflict` field `nic`. */
function freeNic(state: NetworkState, nic: string): Link {
  const link = managedLink(state, nic, 'nic');
  if (link.kind !== 'physical' && link.kind !== 'bond')
    throw conflict(say(`${nic} is no NIC and no bond`, `${nic} 不是网卡或链路聚合`));
  if (link.controller !== undefined)
    throw conflict(say(`${nic} is a port of ${link.controller}`, `${nic} 是 ${link.controller} 的端口`));
  return link;
}

/** Its own profile has to go along: a bond's options, or addresses that the node may be reached at. */
const keepsAddresses = ({ kind, addresses, ipv4, ipv6 }: Link): boolean =>
  kind === 'bond' || addresses.length > 0 || ipv4.method === 'manual' || ipv6.method === 'manual';

async function putBridge(
  manager: NetworkManager,
  state: NetworkState,
  l2: string,
  nic: string,
  bridge: string,
  signal: AbortSignal,
): Promise<void> {
  const there = linkOf(state, bridge);
  if (there !== undefined && there.cloud !== true)
    throw conflict(say(`${bridge} is there, and not the cloud's`, `${bridge} 已存在，且不属于云`));
  await put(manager, profileUuid(l2, 'bridge'), bridgeProfile(l2, bridge));
  await put(manager, profileUuid(l2, 'port'), portProfile(l2, nic, bridge));
  await bringUp(manager, profileUuid(l2, 'bridge'), bridge, { signal });
  await bringUp(manager, profileUuid(l2, 'port'), nic, { signal });
}

async function put(manager: NetworkManager, uuid: string, settings: Settings): Promise<void> {
  const there = await manager.profile(uuid);
  if (there === undefined) await manager.addInMemory(settings);
  else await manager.updateInMemory(there.path, settings);
}

const conflict = (words: Words): Fault => new Fault('conflict', words, { field: 'nic' });
const notHere = (words: Words): Fault => new Fault('notFound', words, { field: 'l2' });
const elsewhere = (nic: string): Fault =>
  conflict(say(`this network is on ${nic} here`, `该网络在本节点位于 ${nic}`));
const used = (bridge: string, port: string): Fault =>
  new Fault('conflict', say(`${port} is a port of ${bridge}`, `${port} 是 ${bridge} 的端口`), {
    field: 'l2',
  });
