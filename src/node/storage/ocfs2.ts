import { readdirSync } from 'node:fs';
import { known, type Reading, unknown } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import { codeOf, whyOf } from '../../system/errno.ts';
import { parseMounts, type ReadText } from '../../system/proc.ts';
import type { Board } from '../facts/board.ts';
import type { Ocfs2Fact } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';

const CLUSTERS = '/sys/kernel/config/cluster';

const NO_MODULE = say('the ocfs2 module is not loaded', '未加载 ocfs2 模块');
const NO_CLUSTER = say('o2cb is not online', 'o2cb 未上线');
const NO_DEBUGFS = say('no o2hb in debugfs', 'debugfs 中没有 o2hb');

/** OCFS2 as the kernel shows it: stack, heartbeat mode, mounted volumes, and the nodes whose heartbeat it sees. */
export function ocfs2Supplier(board: Board, readText: ReadText, role: Role): Supplier {
  if (role !== 'storage') {
    const why = unknown(say('only on a storage node', '仅存储节点有'));
    board.set('ocfs2', { clusterStack: why, heartbeat: why, volumes: why, peers: why });
    return {};
  }
  const read = () => board.set('ocfs2', readOcfs2(readText));
  return { start: read, polls: [{ every: 5, read }] };
}

function readOcfs2(readText: ReadText): Ocfs2Fact {
  const cluster = attempt(() => firstCluster(), NO_CLUSTER);
  return {
    clusterStack: attempt(() => readText('/sys/fs/ocfs2/cluster_stack').trim(), NO_MODULE),
    heartbeat: inCluster(cluster, (folder) => readText(`${folder}/heartbeat/mode`).trim()),
    volumes: attempt(() => volumesOf(readText('/proc/self/mountinfo')), NO_MODULE),
    peers: inCluster(cluster, (folder) => peersOf(folder, readText), NO_DEBUGFS),
  };
}

/** Folder of the registered cluster; a node is in one at most. */
function firstCluster(): string {
  const [name] = readdirSync(CLUSTERS);
  if (name === undefined) throw Object.assign(new Error(NO_CLUSTER.en), { code: 'ENOENT' });
  return `${CLUSTERS}/${name}`;
}

export const volumesOf = (mountinfo: string): { device: string; mountPoint: string }[] =>
  parseMounts(mountinfo)
    .filter(({ type }) => type === 'ocfs2')
    .map(({ source, mountPoint }) => ({ device: source, mountPoint }));

/** Names of the nodes that o2hb sees alive, this one included. debugfs is for root only. */
function peersOf(folder: string, readText: ReadText): string[] {
  const alive = readText('/sys/kernel/debug/o2hb/livenodes').trim().split(/\s+/).filter(Boolean);
  const names = new Map(
    readdirSync(`${folder}/node`).map((name) => [readText(`${folder}/node/${name}/num`).trim(), name]),
  );
  return alive.map((number) => names.get(number) ?? `node ${number}`);
}

function inCluster<T>(
  cluster: Reading<string>,
  read: (folder: string) => T,
  missing: Words = NO_CLUSTER,
): Reading<T> {
  return cluster.state === 'known' ? attempt(() => read(cluster.value), missing) : unknown(NO_CLUSTER);
}

function attempt<T>(read: () => T, missing: Words): Reading<T> {
  try {
    return known(read());
  } catch (thrown) {
    return unknown(codeOf(thrown) === 'ENOENT' ? missing : whyOf(thrown));
  }
}
