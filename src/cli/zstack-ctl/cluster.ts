import { Fault } from '../../api/fault.ts';
import { hostAndPort } from '../../api/host.ts';
import { same } from '../../api/words.ts';
import { inGroups } from '../../node/cluster/schema/fingerprint.ts';
import type {
  HostSummary,
  issueToken,
  JoinToken,
  listHosts,
  listTokens,
  revokeToken,
} from '../../node/cluster/schema/members.ts';
import type { joinCluster, leaveCluster, lookAtCluster, rejoinCluster } from '../../node/cluster/schema.ts';
import type { Following, followNow } from '../../node/follow/schema.ts';
import { agreed } from '../agreed.ts';
import type { NodeLink } from '../node-link.ts';
import { passwordHelp } from '../password.ts';
import { type CtlCommand, FD, type Given, password, said, text } from './command.ts';

const TOKEN = 'ZSTACK_JOIN_TOKEN';

/** The cluster from the node's side. */
export const JOIN_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'join',
    summary: 'make this node a host of a management node’s cluster',
    options: [
      ['--address <ADDRESS[:PORT]>', 'of the management node'],
      ['--fingerprint <HEX>', 'of the cluster, as the management node shows it; asked when it is left out'],
      ['--token <TOKEN>', passwordHelp('join token', TOKEN)],
      FD,
    ],
    names: { address: '--address', fingerprint: '--fingerprint', token: '--token' },
    run: async (node, given) => {
      const at = placeOf(given);
      const fingerprint = await fingerprintOf(node, given, at);
      const token = await password(given, 'token', TOKEN, 'join token');
      const answer = await node.call<typeof joinCluster>('cluster.join', { ...at, fingerprint, token });
      return said(answer, `joined the cluster of ${at.address} as host ${answer.host}`);
    },
  },
  {
    name: 'follow',
    summary: 'look now whether the management node has another version than this node, and install it',
    options: [],
    run: async (node) => {
      const answer = await node.call<typeof followNow>('follow.now', {});
      return said(answer, followed(answer));
    },
  },
  {
    name: 'rejoin',
    summary: 'the management node of this node’s cluster is at another address now; VMs run on',
    options: [['--address <ADDRESS[:PORT]>', 'where it is now']],
    names: { address: '--address' },
    run: async (node, given) => {
      const at = placeOf(given);
      await node.call<typeof rejoinCluster>('cluster.rejoin', at);
      return said({}, `the management node is looked for at ${at.address} now`);
    },
  },
  {
    name: 'leave',
    summary: 'take this node out of its cluster',
    options: [
      ['--force', 'also where the management node does not answer: the host stays there as a lost one'],
    ],
    run: async (node, given) => {
      await node.call<typeof leaveCluster>('cluster.leave', { force: given.force === true });
      return said({}, 'left the cluster');
    },
  },
];

/** The cluster from the management node's side. */
export const MEMBER_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'join_token',
    summary: 'a token with which hosts join; it is told this once',
    options: [
      ['--uses <N>', 'for how many hosts (1)'],
      ['--minutes <N>', 'how long it lasts (60)'],
      ['--cluster <NAME>', 'uuid or name; needed where there are several'],
    ],
    names: { uses: '--uses', minutes: '--minutes', cluster: '--cluster' },
    run: async (node, given) => {
      const answer = await node.call<typeof issueToken>('members.issueToken', {
        uses: numberOf(given, 'uses'),
        minutes: numberOf(given, 'minutes'),
        cluster: text(given, 'cluster'),
      });
      const { token, fingerprint, port } = answer;
      return said(
        answer,
        `token        ${token}`,
        `good for     ${tokenWords(answer)}`,
        `fingerprint  ${inGroups(fingerprint)}`,
        `on the host: zstack-ctl join --address ADDRESS:${port}, or F2, Join Cluster`,
      );
    },
  },
  {
    name: 'join_tokens',
    summary: 'tokens that are still good, and the fingerprint that a join shows',
    options: [],
    run: async (node) => {
      const answer = await node.call<typeof listTokens>('members.tokens', {});
      const lines = answer.tokens.map((token) => `${token.uuid}  ${tokenWords(token)}`);
      return said(
        answer,
        `fingerprint  ${inGroups(answer.fingerprint)}`,
        ...(lines.length > 0 ? lines : ['no tokens']),
      );
    },
  },
  {
    name: 'revoke_join_token',
    summary: 'end a token at once',
    words: 'UUID',
    options: [],
    run: async (node, _given, [token = '']) => {
      await node.call<typeof revokeToken>('members.revokeToken', { token });
      return said({}, 'the token is revoked');
    },
  },
  {
    name: 'host_list',
    summary: 'the hosts of the cluster with their state, last sign of life and why one is lost',
    options: [],
    run: async (node) => {
      const answer = await node.call<typeof listHosts>('members.hosts', {});
      const lines = answer.hosts.map(hostLine);
      return said(answer, ...(lines.length > 0 ? lines : ['no hosts']));
    },
  },
];

interface Place {
  readonly address: string;
  readonly port: number | undefined;
}

function placeOf(given: Given): Place {
  const wanted = text(given, 'address');
  if (wanted === undefined) throw new Fault('usage', same('--address is needed'));
  const at = hostAndPort(wanted);
  if (at === undefined) throw new Fault('usage', same(`--address: ${wanted} is no ADDRESS or ADDRESS:PORT`));
  return { address: at.host, port: at.port };
}

/** Given, or seen at the address and agreed to by a person. */
async function fingerprintOf(node: NodeLink, given: Given, at: Place): Promise<string> {
  const wanted = text(given, 'fingerprint');
  if (wanted !== undefined) return wanted.toLowerCase().replace(/[\s:-]/g, '');
  if (!process.stdin.isTTY) throw new Fault('usage', same('--fingerprint is needed'));
  const { fingerprint } = await node.call<typeof lookAtCluster>('cluster.look', at);
  const question = `fingerprint of ${at.address}:\n  ${inGroups(fingerprint)}\nDoes the management node show the same (zstack-ctl join_tokens)? [y/N] `;
  if (await agreed(question)) return fingerprint;
  throw new Fault('failed', same('not joined'));
}

function numberOf(given: Given, name: string): number | undefined {
  const wanted = text(given, name);
  return wanted === undefined ? undefined : Number(wanted);
}

const tokenWords = ({ usesLeft, ends, cluster }: JoinToken): string =>
  `${usesLeft} ${usesLeft === 1 ? 'host' : 'hosts'}, until ${new Date(ends).toISOString().slice(0, 16).replace('T', ' ')} UTC, into ${cluster}`;

function hostLine({ uuid, name, address, state, status, heard, why, strays }: HostSummary): string {
  const seen = new Date(heard).toISOString().slice(0, 19).replace('T', ' ');
  const reason = why === undefined ? '' : `  ${why.en}`;
  const unknown = (strays ?? []).map((vm) => `${vm.name} (${vm.uuid}, ${vm.state})`);
  const more = unknown.length === 0 ? '' : `  VMs that the records do not know: ${unknown.join(', ')}`;
  return `${uuid}  ${name}  ${address}  ${state}  ${status}  ${seen} UTC${reason}${more}`;
}

const followed = ({ own, wanted, why }: Following): string => {
  if (wanted === undefined) return `this node has ${own}; what the management node has is not known now`;
  if (wanted === own) return `this node has ${own}, as the management node`;
  return `this node has ${own}, the management node ${wanted}${why === undefined ? '' : `: ${why.en}`}`;
};
