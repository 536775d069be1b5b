import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { bracketed } from '../../api/host.ts';
import type { Role } from '../../api/role.ts';
import { same, say, type Words } from '../../api/words.ts';
import { codeOf, whyOf } from '../../system/errno.ts';
import { type DefaultRoute, isNeighbourReachable, readDefaultRoutes } from '../../system/iproute.ts';
import { ping } from './ping.ts';
import type { CheckItem } from './schema.ts';

export interface CheckOptions {
  role: Role;
  /** Address of the management node that this node joined. */
  managementNode: string | undefined;
  signal: AbortSignal;
  emit(item: CheckItem): void;
}

type Finding = Pick<CheckItem, 'state' | 'words'>;

const GATEWAY = say('Default gateway', '默认网关');
const DNS = say('DNS server', 'DNS 服务器');
const MANAGEMENT = say('Management node', '管理节点');

/** Asks gateways, name servers and the management node at once, and tells each finding as soon as it is there. */
export async function checkAll(options: CheckOptions): Promise<void> {
  await Promise.all([checkGateways(options), checkNameServers(options), checkManagement(options)]);
}

async function checkGateways({ signal, emit }: CheckOptions): Promise<void> {
  const label = GATEWAY;
  const routes = await readDefaultRoutes().catch((thrown: unknown) => {
    emit({ key: 'gateway', label, target: '-', state: 'unknown', words: whyOf(thrown) });
    return undefined;
  });
  if (routes?.length === 0)
    emit({
      key: 'gateway',
      label,
      target: '-',
      state: 'bad',
      words: say('no default route', '没有默认路由'),
    });
  await Promise.all(
    (routes ?? []).map(async (route) => {
      const target = route.gateway ?? route.dev;
      emit({ key: 'gateway', label, target, ...(await askGateway(route, signal)) });
    }),
  );
}

async function askGateway({ gateway, dev }: DefaultRoute, signal: AbortSignal): Promise<Finding> {
  if (gateway === undefined)
    return { state: 'unknown', words: say(`route leads out of ${dev}`, `路由直接经由 ${dev}`) };
  const echo = await askEcho(gateway.startsWith('fe80:') ? `${gateway}%${dev}` : gateway, signal);
  if (echo.state === 'good' || !(await isNeighbourReachable(gateway, dev))) return echo;
  return { state: 'good', words: say('there, though it answers no echo', '在线，但不应答 ping') };
}

/** Two requests: the first one may be lost to address resolution. */
async function askEcho(address: string, signal: AbortSignal): Promise<Finding> {
  try {
    const { times } = await ping({ address, count: 2, signal, emit: () => {} });
    if (times === undefined) return { state: 'bad', words: say('does not answer', '没有应答') };
    return { state: 'good', words: say(`answers in ${times.min} ms`, `应答时间 ${times.min} 毫秒`) };
  } catch (thrown) {
    return { state: 'bad', words: whyOf(thrown) };
  }
}

async function checkNameServers({ signal, emit }: CheckOptions): Promise<void> {
  const label = DNS;
  const servers = await readNameServers();
  if (servers.length === 0)
    emit({ key: 'dns', label, target: '-', state: 'bad', words: say('none configured', '没有配置') });
  await Promise.all(
    servers.map(async (target) =>
      emit({ key: 'dns', label, target, ...(await askNameServer(target, signal)) }),
    ),
  );
}

/** systemd-resolved's own list first: resolv.conf then names only its local stub. */
async function readNameServers(): Promise<string[]> {
  const upstream = await readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(() => '');
  const servers = parseNameServers(upstream);
  return servers.length > 0
    ? servers
    : parseNameServers(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''));
}

export const parseNameServers = (text: string): string[] =>
  [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? '');

/** What a server's refusals say about it: it is there, but of little use. */
const REFUSALS: Record<string, Words> = {
  ESERVFAIL: say('answers, but cannot resolve (SERVFAIL)', '有应答，但无法解析（SERVFAIL）'),
  EREFUSED: say('refuses to answer us', '拒绝为本机解析'),
  ENOTIMP: say('answers, but does not resolve', '有应答，但不提供解析'),
};

/** Asks for the root's name servers: any server has an answer to that, and it tells nobody anything about this site. */
async function askNameServer(server: string, signal: AbortSignal): Promise<Finding> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    resolver.setServers([bracketed(server)]);
    await resolver.resolveNs('.');
    return { state: 'good', words: say('answers', '有应答') };
  } catch (thrown) {
    return refusal(thrown);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function refusal(thrown: unknown): Finding {
  const code = codeOf(thrown) ?? '';
  if (code === 'ENODATA' || code === 'ENOTFOUND') return { state: 'good', words: say('answers', '有应答') };
  if (code === 'ETIMEOUT') return { state: 'bad', words: say('does not answer', '没有应答') };
  if (code === 'ECONNREFUSED') return { state: 'bad', words: say('nobody listens there', '该地址没有服务') };
  const words = REFUSALS[code];
  return words === undefined
    ? { state: 'bad', words: same(code || String(thrown)) }
    : { state: 'unknown', words };
}

async function checkManagement({ role, managementNode, signal, emit }: CheckOptions): Promise<void> {
  const row = { key: 'management', label: MANAGEMENT } as const;
  if (role === 'management')
    emit({ ...row, target: '-', state: 'good', words: say('this node', '就是本节点') });
  else if (managementNode === undefined)
    emit({ ...row, target: '-', state: 'unknown', words: say('not joined to a cluster', '尚未加入集群') });
  else emit({ ...row, target: managementNode, ...(await askEcho(managementNode, signal)) });
}
