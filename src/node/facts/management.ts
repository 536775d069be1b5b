import { stat } from 'node:fs/promises';
import { known, latestOf, type Reading, unknown } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import { codeOf, whyOf } from '../../system/errno.ts';
import { layoutOf } from '../services/layout.ts';
import type { Board, NodeFacts } from './board.ts';
import type { ManagementFact, ServiceFact } from './schema.ts';
import type { Supplier } from './supplier.ts';

const UI_PORT = 5000;

export interface ManagementOptions {
  role: Role;
  dataDir?: string | undefined;
  managementNode?: string | undefined;
}

/** The licence: whether there is one. What is in it only the management service can check and tell. */
export function managementSupplier(board: Board, options: ManagementOptions): Supplier {
  board.set('cluster', { link: unknown(linkReason(options)) });
  if (options.role !== 'management') return {};
  const { licence: path } = layoutOf(options.dataDir);
  const read = async () => {
    const licence = await readLicence(path);
    board.set('management', { ...board.facts.management, licence });
  };
  return { start: read, polls: [{ every: 15, read }] };
}

function linkReason({ role, managementNode }: ManagementOptions): Words {
  if (role === 'management') return say('this is the management node', '本机就是管理节点');
  if (managementNode === undefined) return say('not joined to a cluster', '尚未加入集群');
  return say(`no link to ${managementNode}`, `与 ${managementNode} 没有连接`);
}

async function readLicence(path: string): Promise<ManagementFact['licence']> {
  try {
    await stat(path);
    return unknown(say('only the management service can check it', '只有管理服务能校验'));
  } catch (thrown) {
    return codeOf(thrown) === 'ENOENT' ? known({ type: 'none' }) : unknown(whyOf(thrown));
  }
}

/** What follows from the services and links: the web UI's address, and why the cluster cannot be asked. */
export function managementOf(facts: NodeFacts): ManagementFact {
  const { identity, services, management } = facts;
  if (identity.role !== 'management') {
    const why = unknown(say('only on a management node', '仅管理节点有'));
    return { uiUrl: why, licence: why, hosts: why, vms: why };
  }
  const why = unknown(notAsked(services.find(({ key }) => key === 'management')));
  return { ...management, uiUrl: uiUrl(facts), hosts: why, vms: why };
}

function uiUrl({ services, nics }: NodeFacts): Reading<string> {
  const ui = services.find(({ key }) => key === 'ui');
  const state = ui && latestOf(ui.state);
  if (state?.active !== 'running') return unknown(notAsked(ui));
  const address = latestOf(nics)?.find(({ management }) => management)?.addresses[0];
  if (address === undefined) return unknown(say('no management address', '没有管理地址'));
  const host = address.split('/')[0] ?? '';
  return known(`http://${host.includes(':') ? `[${host}]` : host}:${UI_PORT}`);
}

function notAsked(service: ServiceFact | undefined): Words {
  const state = service?.state;
  if (service === undefined || state === undefined) return say('not read yet', '尚未读取');
  const { en, zh } = service.label;
  if (state.state !== 'known') return say(`${en}: ${state.why.en}`, `${zh}：${state.why.zh}`);
  if (state.value.active !== 'running') return say(`${en} is not running`, `${zh}未运行`);
  return say(`${en} does not tell`, `${zh}没有提供`);
}
