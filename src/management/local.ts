import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import {
  admitHere,
  announceAddresses,
  type ClusterCounts,
  type HostSummary,
  issueToken,
  type JoinToken,
  listHosts,
  listTokens,
  revokeToken,
  type StrayVm,
  watchCounts,
} from '../node/cluster/schema/members.ts';
import { newUuid } from './calls/doing.ts';
import type { Hosts } from './hosts.ts';
import { answers, type LocalAnswer } from './link/local.ts';
import { issueToken as issue, openTokens, revokeToken as revoke, type TokenRow } from './link/tokens.ts';
import { clusterMeant, clusterNames, firstCluster } from './resource/host/clusters.ts';
import { hadHost } from './resource/host/members.ts';
import type { HostRow } from './resource/host/resource.ts';
import { wordsIn } from './resource/host/why.ts';
import { vmCounts } from './resource/vm/counts.ts';
import { strays } from './strays.ts';

interface Parts {
  readonly database: Kysely<object>;
  readonly hosts: Hosts;
  /** It keeps all in itself, and has this machine as its first host. */
  readonly isEmbedded: boolean;
}

const LOOK_MILLISECONDS = 2_000;
/** Far less than one line may hold. */
const MOST_HOSTS = 1_000;
const HERE_MINUTES = 10;

/** What the machine's own controller asks. */
export const localAnswers = ({ database, hosts, isEmbedded }: Parts): LocalAnswer[] => [
  answers(watchCounts, async (_input, { signal, item }) => {
    let last: ClusterCounts | undefined;
    while (!signal.aborted) {
      const counts = { hosts: await hosts.members.counts(), vms: await vmCounts(database) };
      if (!isDeepStrictEqual(counts, last)) item(counts);
      last = counts;
      await sleep(LOOK_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }),
  answers(listHosts, async () => {
    const names = await clusterNames(database);
    const { total, rows } = await hosts.members.first(MOST_HOSTS);
    const unknown = await strays(database);
    return { total, hosts: rows.map((row) => summary(row, names, unknown.get(row.uuid))) };
  }),
  answers(listTokens, async () => {
    const names = await clusterNames(database);
    const tokens = (await openTokens(database)).map((row) => shown(row, names));
    return { fingerprint: hosts.authority.fingerprint, port: hosts.port, tokens };
  }),
  answers(issueToken, async ({ uses, minutes, cluster }) => {
    mustListen(hosts);
    const { uuid: clusterUuid, name } = await clusterMeant(database, cluster);
    const { token, row } = await issue(database, { uuid: newUuid(), clusterUuid, uses, minutes });
    const { fingerprint } = hosts.authority;
    const names = new Map([[clusterUuid, name]]);
    return { ...shown(row, names), token: token.reveal(), fingerprint, port: hosts.port };
  }),
  answers(revokeToken, ({ token }) => revoke(database, token)),
  answers(announceAddresses, async ({ addresses }) => ({ told: await hosts.announce(addresses) })),
  answers(admitHere, async () => {
    mustListen(hosts);
    if (!isEmbedded)
      throw new Fault('conflict', say('this service is one of a cluster', '本服务属于一个集群'));
    const way = { fingerprint: hosts.authority.fingerprint, port: hosts.port };
    if (await hadHost(database)) return way;
    const token = await database.transaction().execute(async (transaction) => {
      const { uuid: clusterUuid } = await firstCluster(transaction);
      const wanted = { uuid: newUuid(), clusterUuid, uses: 1, minutes: HERE_MINUTES };
      return (await issue(transaction, wanted)).token;
    });
    return { ...way, token: token.reveal() };
  }),
];

function mustListen(hosts: Hosts): void {
  if (hosts.port === 0) throw new Fault('conflict', say('this service takes no hosts', '本服务不接受主机'));
}

const shown = (
  { uuid, usesLeft, createDate, ends, clusterUuid }: TokenRow,
  names: Map<string, string>,
): JoinToken => ({
  ...{ uuid, usesLeft, created: createDate, ends },
  cluster: names.get(clusterUuid) ?? clusterUuid,
});

function summary(row: HostRow, names: Map<string, string>, unknown: StrayVm[] | undefined): HostSummary {
  const { uuid, name, managementIp, clusterUuid, state, status, heard, why, version } = row;
  return {
    ...{ uuid, name, address: managementIp, state, status, heard },
    cluster: names.get(clusterUuid) ?? clusterUuid,
    ...(why === null ? {} : { why: wordsIn(why) }),
    ...(version === null ? {} : { version }),
    ...(unknown === undefined ? {} : { strays: unknown }),
  };
}
