import { type Feature, together } from '../../api/feature.ts';
import type { Places } from '../../api/places.ts';
import { dhcpActions } from '../../node/dhcp/actions.ts';
import { DhcpNetworks } from '../../node/dhcp/networks.ts';
import { imageActions } from '../../node/image/actions.ts';
import type { ImageSource } from '../../node/image/source.ts';
import { L2Networks } from '../../node/l2/networks.ts';
import type { Network } from '../../node/network/change/network.ts';
import { expansionFeature } from '../../node/storage/expand/actions.ts';
import type { OwnHost } from '../../node/storage/expand/host.ts';
import { storageActions } from '../../node/storage/local/actions.ts';
import { Storages } from '../../node/storage/local/storages.ts';
import { vmFeature } from '../../node/vm/actions.ts';
import { Kvm, kvmParts } from '../../node/vm/kvm.ts';
import { LIBVIRT_RW_SOCKETS, StandingGuests } from '../../node/vm/standing.ts';
import { reconnect } from '../../node/vm/taps.ts';
import { volumeActions } from '../../node/volume/actions.ts';

/** What a node does for the guests of its cloud, but for their bridges, which are changes of the network. */
export interface GuestFeatures extends Feature {
  readonly networks: L2Networks;
  readonly dhcp: DhcpNetworks;
  readonly kvm: Kvm;
  readonly standing: StandingGuests;
  readonly storages: Storages;
  stop(): void;
}

const DISKS = { fstab: '/etc/fstab', mounts: '/var/lib/zs-storage' };

/** What the cluster does for them: where images come from, and what it is told of this host. */
export interface ForGuests {
  readonly images: ImageSource;
  readonly host: OwnHost;
}

export function guestFeatures(
  { data, run }: Places,
  network: Network,
  { images, host }: ForGuests,
): GuestFeatures {
  const storages = new Storages(data, DISKS.fstab);
  const standing = new StandingGuests(LIBVIRT_RW_SOCKETS);
  // Without libvirt no guest runs that could come back.
  const remade = async (bridge: string) =>
    standing.get().then(
      (guests) => reconnect(guests, bridge),
      () => undefined,
    );
  const networks = new L2Networks(network, data, remade);
  const dhcp = new DhcpNetworks(data, run, (l2) => networks.bridgeOf(l2));
  const kvm = new Kvm(kvmParts(run));
  const vms = vmFeature({ standing, storages, kvm, bridgeOf: (l2) => networks.bridgeOf(l2) });
  const actions = [
    ...storageActions(storages),
    ...imageActions(storages, images),
    ...volumeActions(storages),
    ...dhcpActions(dhcp),
  ];
  return {
    ...together([vms, expansionFeature({ storages, places: DISKS, host }), { actions, executors: {} }]),
    networks,
    dhcp,
    kvm,
    standing,
    storages,
    stop: () => standing.close(),
  };
}
