import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../api/action.ts';
import { type Feature, together } from '../../api/feature.ts';
import { LockoutStore } from '../../guard/lockout-store.ts';
import { PasswordCheck } from '../../guard/password.ts';
import { accountFeature } from '../../node/accounts/actions.ts';
import { addressFollowers } from '../../node/change-address/followers.ts';
import { diagnoseActions } from '../../node/diagnose/actions.ts';
import type { Attention } from '../../node/facts/schema.ts';
import { l2Actions } from '../../node/l2/actions.ts';
import { logActions, shareBackupAction } from '../../node/logs/actions.ts';
import type { CollectParts } from '../../node/logs/collect.ts';
import { networkActions } from '../../node/network/actions.ts';
import { limitsOf } from '../../node/network/change/countdown.ts';
import { Network } from '../../node/network/change/network.ts';
import { type ManagementSetting, withServiceAddress } from '../../node/network/management-setting.ts';
import { reachableAddress } from '../../node/network/reachable.ts';
import { powerActions } from '../../node/power/actions.ts';
import type { Goings } from '../../node/power/plan.ts';
import { nodeResetFeature } from '../../node/reset/node.ts';
import { serviceActions } from '../../node/services/actions.ts';
import { managementServiceActions } from '../../node/services/management-actions.ts';
import { expandStorage } from '../../node/storage/expand/schema.ts';
import { systemFeature } from '../../node/system-settings/actions.ts';
import { readConfig } from '../../node/system-settings/config.ts';
import { terminalActions } from '../../node/terminal/actions.ts';
import type { Kvm } from '../../node/vm/kvm.ts';
import { screenActions } from '../../node/vm-screen/actions.ts';
import { screenOf } from '../../node/vm-screen/guest.ts';
import { lineActions } from '../../node/vm-screen/line.ts';
import { configurationActions } from '../../node/zstack/actions.ts';
import { layoutOf } from '../../node/zstack/layout.ts';
import { isPassword } from '../../system/pam.ts';
import { bootMilliseconds } from '../../system/posix.ts';
import { readText } from '../../system/proc.ts';
import { systemdService } from '../../system/service.ts';
import { passwordField, stateOfField } from '../../system/shadow.ts';
import { GuestKeeper } from '../guest-keeper.ts';
import type { Lanes } from '../lanes.ts';
import type { ControllerOptions } from '../options.ts';
import { StorageKeeper } from '../storage-keeper.ts';
import { bareMetalOf } from './bare-metal.ts';
import { type ClusterNeeds, clusterOf } from './cluster.ts';
import { firstBootOf } from './first-boot.ts';
import { followOf } from './follow.ts';
import { guestFeatures } from './guests.ts';
import { type ManagementFeatures, managementFeatures } from './management.ts';
import { announcer } from './members.ts';

const MANAGEMENT = systemdService('zs-management.service');

/** What the features of this node need of the controller. */
export interface FeatureNeeds extends Omit<ClusterNeeds, 'address' | 'note'> {
  options: ControllerOptions;
  lanes: Lanes;
  /** On record: how a password check went. */
  record(caller: Caller, outcome: string): Promise<void>;
  goings(): Goings;
  /** What `Features.attention` answers has changed. */
  attentionChanged(): void;
}

export interface Features extends Feature {
  /** From the time on when others are served. */
  start(): void;
  stop(): void;
  attention(): Attention[];
  /** The controller is asked to end: what only waits for a person does not wait any longer. */
  stopping(): void;
  /** The kernel's links are others now. */
  linksChanged(): void;
  readonly kvm: Kvm;
}

/** Every feature of this node: what can be asked for, and who carries out which step. */
export function createFeatures(needs: FeatureNeeds): Features {
  const { places, log, role, config, version } = needs.options;
  const passwords = new PasswordCheck({
    // The same counts as guard's: failures here and there add up.
    store: new LockoutStore([join(places.data, 'guard'), join(places.run, 'guard')], places.run, log),
    now: bootMilliseconds,
    wait: (milliseconds) => sleep(milliseconds),
    state: async () => stateOfField(await passwordField('root')),
    isPassword: (password) => isPassword('root', password),
    record: needs.record,
  });
  const layout = layoutOf(places.dataDir);
  const setting = managementOfNode(needs.options);
  const network = new Network({
    data: places.data,
    config: places.config,
    setting,
    ...(role === 'management'
      ? {
          followers: addressFollowers({ ...layout, service: MANAGEMENT }),
          announce: announcer(layout.socket, version, log),
        }
      : {}),
    peers: () => (config.managementNode === undefined ? [] : [config.managementNode]),
    limits: limitsOf(config.networkEvidence, config.networkCountdown),
    alone: needs.options.alone === true,
    changed: () => needs.attentionChanged(),
  });
  const cluster = clusterOf({
    ...needs,
    address: () => reachableAddress(setting),
    note: () => follow?.follower.trouble,
  });
  const follow = role === 'management' ? undefined : followOf({ ...needs, source: cluster.packages });
  const guests = guestFeatures(places, network, cluster);
  const keeper = new GuestKeeper({
    networks: guests.networks,
    dhcp: guests.dhcp,
    lanes: needs.lanes,
    changed: () => needs.attentionChanged(),
  });
  const storageKeeper = new StorageKeeper({
    storages: guests.storages,
    host: cluster.host,
    isMoving: () => needs.lanes.holders.some(({ action }) => action === expandStorage.name),
    changed: () => needs.attentionChanged(),
    log,
  });
  const management = role === 'management' ? managementOf(needs, passwords) : undefined;
  const system = systemFeature({
    config: places.config,
    // What is written into /etc/hosts lasts: an address that the node merely has now may be leased.
    address: async () => (await setting()).managementAddress,
    ...(management === undefined ? {} : { broker: management.broker }),
  });
  const reset = {
    config: places.config,
    vms: () => needs.goings().vms,
    isJoined: async () => (await cluster.membership.read()) !== undefined,
  };
  const logs = nodeServices(needs.options);
  const screens = screenActions({
    screenOf: (vm) => screenOf(guests.standing, vm),
    membership: () => cluster.membership,
  });
  const firstBoot = firstBootOf(needs.options, logs, MANAGEMENT, needs.attentionChanged);
  let unwatch: (() => void) | undefined;
  const whole = together([
    network.feature(l2Actions(guests.networks)),
    guests,
    accountFeature((caller, password, tell) => passwords.check(caller, password, tell)),
    system,
    management ?? nodeResetFeature(reset),
    cluster,
    ...(management === undefined ? [] : [bareMetalOf(places)]),
    ...(firstBoot === undefined ? [] : [firstBoot]),
  ]);
  return {
    actions: [
      ...whole.actions,
      ...networkActions({ role, managementNode: () => config.managementNode }),
      ...powerActions(needs.goings),
      ...terminalActions,
      ...screens,
      ...(follow?.actions ?? []),
      ...lineActions({ standing: guests.standing, vms: () => needs.goings().vms }),
      ...serviceActions(role, role === 'management' ? layout.properties : undefined),
      ...logActions(logs),
      ...diagnoseActions({
        ...logs,
        halfDone: () => needs.goings().unsettled,
        kept: () => network.watch.attention,
      }),
      ...(management === undefined
        ? []
        : [
            shareBackupAction(logs),
            ...managementServiceActions(logs),
            ...configurationActions(layout.properties),
          ]),
    ],
    executors: whole.executors,
    start() {
      network.watch.start();
      keeper.start();
      storageKeeper.start();
      unwatch = management?.watch(needs.attentionChanged);
      cluster.start();
      follow?.follower.start();
    },
    stop() {
      network.watch.stop();
      keeper.stop();
      storageKeeper.stop();
      guests.stop();
      unwatch?.();
      follow?.follower.stop();
      void cluster.stop();
    },
    attention: () => [
      ...network.watch.attention,
      ...keeper.attention,
      ...storageKeeper.attention,
      ...(follow?.follower.attention ?? []),
      ...(firstBoot?.attention() ?? []),
      ...(management?.attention() ?? []),
    ],
    stopping: () => network.giveUp(),
    linksChanged: () => keeper.ask(),
    kvm: guests.kvm,
  };
}

/** As it is configured now. */
const managementOfNode = ({ places, config }: ControllerOptions): ManagementSetting =>
  withServiceAddress(() => readConfig(places.config, config), layoutOf(places.dataDir).properties, readText);

function nodeServices(options: ControllerOptions): CollectParts & { config: string; data: string } {
  const { role, version, places } = options;
  const layout = layoutOf(places.dataDir);
  const service = systemdService('zs-export.service');
  return {
    role,
    version,
    layout,
    exports: layout.exports,
    mounts: join(places.run, 'stick'),
    config: places.config,
    data: places.data,
    service,
    address: () => reachableAddress(managementOfNode(options)),
  };
}

function managementOf({ options: { places } }: FeatureNeeds, passwords: PasswordCheck): ManagementFeatures {
  const { properties, databaseSocket, store, units, backups, licence } = layoutOf(places.dataDir);
  return managementFeatures({
    data: places.data,
    properties,
    databaseSocket,
    store,
    units,
    backups,
    licence: { path: licence, config: places.config },
    service: MANAGEMENT,
    checkPassword: (caller, password, tell) => passwords.check(caller, password, tell),
  });
}
