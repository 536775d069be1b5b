import { join } from 'node:path';
import { type Caller, CLUSTER } from '../../api/action.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Role } from '../../api/role.ts';
import { LIMITS, type Reply, serveOver } from '../../api/server.ts';
import type { PackageSource } from '../follow/schema.ts';
import { type ClusterParts, clusterActions } from './actions.ts';
import type { LinkFeed } from './feed.ts';
import { LinkImages } from './images.ts';
import { ClusterLink } from './link.ts';
import { Membership } from './member.ts';
import { OrderLog } from './order-log.ts';
import { Orders } from './orders.ts';
import { OwnHost } from './own-host.ts';
import { OwnLines } from './own-lines.ts';
import { linkPackages } from './packages.ts';
import type { HostAbout } from './schema.ts';

/** The one way to every action of the node. */
export type Call = (caller: Caller, action: string, input: unknown, reply: Reply) => Promise<unknown>;

export interface ClusterFeatureParts extends Pick<ClusterParts, 'follow' | 'mayLeave'> {
  /** The controller's own folder. */
  readonly data: string;
  readonly role: Role;
  readonly version: string;
  about(): Promise<HostAbout>;
  call: Call;
  /** Waits for a long action that has begun; answers what it answered. */
  ended(output: unknown, signal: AbortSignal): Promise<unknown>;
  readonly feed: LinkFeed;
  readonly log: (line: string) => void;
}

export interface ClusterFeature extends Feature {
  readonly membership: Membership;
  readonly link: ClusterLink;
  /** Where images come from. */
  readonly images: LinkImages;
  readonly host: OwnHost;
  readonly packages: PackageSource;
  /** Begins to keep the link, where this node has joined. */
  start(): void;
  stop(): Promise<void>;
}

const CLEARING_MILLISECONDS = 3_600_000;

/** This node as a host of its cluster. */
export function clusterFeature(parts: ClusterFeatureParts): ClusterFeature {
  const folder = join(parts.data, 'cluster');
  const membership = new Membership(folder);
  const lines = new OwnLines(membership);
  const orderLog = new OrderLog(join(folder, 'orders'));
  const { call, ended, version, role, log } = parts;
  const orders = new Orders(orderLog, async (order, action, input, signal) => {
    // The records name the order: it begins with the number of its job.
    const caller = { ...NOBODY, line: order, program: CLUSTER };
    const reply = { signal, item: () => undefined, progress: () => undefined };
    return ended(await call(caller, action, input, reply), signal);
  });
  const link = new ClusterLink({
    membership,
    feed: parts.feed,
    log,
    moved: (address) => parts.follow(address),
    serve: (socket) =>
      serveOver(socket, {
        hello: { version, role },
        limits: LIMITS,
        identify: () => ({ ...NOBODY, program: CLUSTER }),
        call,
        left: () => undefined,
        log,
      }),
  });
  let clearing: NodeJS.Timeout | undefined;
  return {
    ...feature({ actions: clusterActions({ ...parts, membership, link, orders }), executors: {} }),
    ...{ membership, link, images: new LinkImages(lines), host: new OwnHost(lines) },
    packages: linkPackages(lines),
    start() {
      void orderLog.clear();
      clearing = setInterval(() => void orderLog.clear(), CLEARING_MILLISECONDS);
      clearing.unref();
      void link.start();
    },
    async stop() {
      clearInterval(clearing);
      await link.stop();
    },
  };
}

/** Who asks has no user here. */
const NOBODY = { uid: -1, pid: 0, line: '-' };
