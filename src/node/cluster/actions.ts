import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { PORTS } from '../../api/ports.ts';
import { say } from '../../api/words.ts';
import type { ClusterLink } from './link.ts';
import type { Member, Membership } from './member.ts';
import type { Orders } from './orders.ts';
import { ask, fingerprintOf, reach } from './reach.ts';
import {
  cancelOrder,
  carryOutOrder,
  dismiss,
  type HostAbout,
  joinCluster,
  leaveCluster,
  lookAtCluster,
  reachedAt,
  rejoinCluster,
  tellAbout,
} from './schema.ts';

export interface ClusterParts {
  readonly membership: Membership;
  readonly link: ClusterLink;
  readonly orders: Orders;
  about(): Promise<HostAbout>;
  /** Follows a join (its address) or a leave (undefined) in what the node knows of its management node. */
  follow(address: string | undefined): Promise<void>;
  /** Throws `conflict` while VMs of the cluster are here. */
  mayLeave(): Promise<void>;
}

const admission = z.object({ host: z.string().regex(/^[0-9a-f]{32}$/), certificate: z.string().max(8_192) });

/** What this node does with its cluster, and what its cluster may ask of it. */
export const clusterActions = (parts: ClusterParts): Implementation[] => [
  implement(lookAtCluster, async ({ address, port = PORTS.link }, { signal }) => {
    const { socket, fingerprint } = await reach({ address, port }, signal);
    socket.destroy();
    return { fingerprint };
  }),
  implement(joinCluster, (wanted, { signal }) => join(parts, wanted, signal)),
  implement(rejoinCluster, (wanted, { signal }) => rejoin(parts, wanted, signal)),
  implement(reachedAt, ({ addresses }) =>
    parts.membership.change((member) => {
      const others = addresses.filter((each) => each !== member.address);
      return isDeepStrictEqual(others, member.others ?? []) ? undefined : { ...member, others };
    }),
  ),
  implement(leaveCluster, ({ force }, { signal }) => leave(parts, force === true, signal)),
  implement(tellAbout, () => parts.about()),
  implement(carryOutOrder, ({ order, action, input }) => parts.orders.carryOut(order, action, input)),
  implement(cancelOrder, ({ order }) => parts.orders.cancel(order)),
  implement(dismiss, () => forget(parts)),
];

type Wanted = z.output<typeof joinCluster.input>;

async function join(parts: ClusterParts, wanted: Wanted, signal: AbortSignal): Promise<{ host: string }> {
  const { membership, link } = parts;
  const { address, port = PORTS.link, token, fingerprint } = wanted;
  const before = await membership.read().catch(() => undefined);
  if (before !== undefined) throw joined(before.address);
  const reached = await reach({ address, port, fingerprint }, signal);
  const key = await membership.draftKey(newKey);
  const { address: own } = await parts.about();
  const body = {
    ...{ token: token.reveal(), publicKey: publicOf(key), name: hostname() },
    ...(own === undefined ? {} : { address: own }),
  };
  const answer = await ask(reached, { method: 'POST', path: '/join', body: JSON.stringify(body) });
  const { host, certificate } = admission.parse(answer);
  const whole = { host, address, port, authority: reached.authority, key, certificate, joined: Date.now() };
  await membership.keep(whole);
  await membership.forgetDraft();
  await parts.follow(address);
  await link.start();
  return { host };
}

async function rejoin(
  { membership, link, follow }: ClusterParts,
  { address, port = PORTS.link }: z.output<typeof rejoinCluster.input>,
  signal: AbortSignal,
): Promise<void> {
  const member = await membership.read();
  if (member === undefined) throw notJoined();
  const { authority, key, certificate } = member;
  const peer = { address, port, fingerprint: fingerprintOf(authority), identity: { key, certificate } };
  // Only one that takes this node for a host of its own.
  await ask(await reach(peer, signal), { method: 'GET', path: '/host' });
  await membership.change((now) => ({ ...now, address, port }));
  await follow(address);
  await link.start();
}

async function leave(parts: ClusterParts, force: boolean, signal: AbortSignal): Promise<void> {
  const member = await parts.membership.read().catch((thrown) => {
    // One that makes no sense is only good to be forgotten.
    if (force) return undefined;
    throw thrown;
  });
  if (member === undefined && !force) throw notJoined();
  // A cluster that does not know this host steers nothing here that it could leave behind.
  if (!parts.link.isRefused) await parts.mayLeave();
  if (member !== undefined) await tellOfLeaving(member, force, signal);
  await forget(parts);
}

async function tellOfLeaving(
  { address, port, authority, key, certificate }: Member,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    const peer = { address, port, fingerprint: fingerprintOf(authority), identity: { key, certificate } };
    await ask(await reach(peer, signal), { method: 'POST', path: '/leave' });
  } catch (thrown) {
    const { kind } = Fault.from(thrown);
    // One that the cluster does not have (any more) has left there already.
    if (kind !== 'refused' && !force) throw thrown;
  }
}

/** Key and certificate go; the link with them. */
async function forget({ membership, link, follow }: ClusterParts): Promise<void> {
  await membership.forget();
  await follow(undefined);
  // Whoever asked for it is answered over the link, where it came by that.
  setImmediate(() => void link.start());
}

const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

const publicOf = (key: string): string =>
  createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString();

const joined = (address: string): Fault =>
  new Fault('conflict', say(`joined to the cluster of ${address} already`, `已加入 ${address} 的集群`), {
    next: say(
      'leave it first; is its management node at another address now: zstack-ctl rejoin --address',
      '请先退出；若其管理节点地址已变更：zstack-ctl rejoin --address',
    ),
  });

const notJoined = (): Fault => new Fault('conflict', say('not joined to a cluster', '尚未加入集群'));
