import { Fault } from '../../api/fault.ts';
import type { Reply } from '../../api/server.ts';
import { say, type Words } from '../../api/words.ts';
import { aboutHost } from '../../node/cluster/about.ts';
import { joinHere } from '../../node/cluster/all-in-one.ts';
import { type Call, type ClusterFeature, clusterFeature } from '../../node/cluster/feature.ts';
import type { LinkFeed } from '../../node/cluster/feed.ts';
import { joinCluster } from '../../node/cluster/schema.ts';
import type { Goings } from '../../node/power/plan.ts';
import { layoutOf } from '../../node/zstack/layout.ts';
import { setInNodeIni } from '../../system/node-ini.ts';
import { readText } from '../../system/proc.ts';
import type { ControllerOptions } from '../options.ts';
import { memberActions } from './members.ts';

/** What the link to the cluster needs of the controller. */
export interface ClusterNeeds {
  options: ControllerOptions;
  /** Under which this node is managed now; undefined when it has none. */
  address(): Promise<string | undefined>;
  /** What its cluster should know of it; undefined: nothing. */
  note(): Words | undefined;
  goings(): Goings;
  feed: LinkFeed;
  call: Call;
  ended(output: unknown, signal: AbortSignal): Promise<unknown>;
}

/** This node as a host, and on a management node what its service tells of all of them. */
export function clusterOf({ options, address, note, goings, ...needs }: ClusterNeeds): ClusterFeature {
  const { places, role, version, log } = options;
  const feature = clusterFeature({
    ...{ ...needs, data: places.data, role, version, log },
    about: async () => {
      const told = note();
      const about = aboutHost(version, await address(), readText);
      return told === undefined ? about : { ...about, note: told };
    },
    // The management node's own address is not asked for over the network.
    follow: (address) =>
      role === 'management' ? Promise.resolve() : setInNodeIni(places.config, 'management_node', address),
    mayLeave: async () => checkNoVms(goings()),
  });
  if (role !== 'management') return feature;
  const { socket } = layoutOf(places.dataDir);
  const stop = new AbortController();
  const { membership } = feature;
  const join = (input: object) => needs.call(OWN, joinCluster.name, input, quiet(stop.signal));
  return {
    ...feature,
    actions: [...feature.actions, ...memberActions(socket, version)],
    start() {
      feature.start();
      void joinHere({ socket, version, membership, join, log }, stop.signal);
    },
    async stop() {
      stop.abort();
      await feature.stop();
    },
  };
}

/** The controller itself, as one of its own scripts. */
export const OWN = { uid: process.getuid?.() ?? 0, pid: process.pid, line: '-', program: 'script' };

export const quiet = (signal: AbortSignal): Reply => ({
  signal,
  item: () => undefined,
  progress: () => undefined,
});

/** Throws `conflict` while VMs run here: nobody would steer them any more. */
function checkNoVms({ vms }: Goings): void {
  const running = vms.state === 'unknown' ? [] : vms.value.filter(({ state }) => state !== 'stopped');
  if (running.length === 0) return;
  throw new Fault(
    'conflict',
    say(`VMs run here: ${running.length}`, `本机有 ${running.length} 台云主机在运行`),
    {
      next: say('stop or migrate them first', '请先停止或迁移'),
    },
  );
}
