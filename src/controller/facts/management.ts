import { bracketed } from '../../api/host.ts';
import { placesOf } from '../../api/places.ts';
import { known, latestOf, type Reading, unknown } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import type { Board, NodeFacts } from '../../node/facts/board.ts';
import type { ManagementFact, ServiceFact } from '../../node/facts/schema.ts';
import type { Supplier } from '../../node/facts/supplier.ts';
import { type LicenceParts, licenceInForce } from '../../node/licence/actions.ts';
import { layoutOf } from '../../node/zstack/layout.ts';
import { whyOf } from '../../system/errno.ts';

const UI_PORT = 5000;

export interface ManagementOptions {
  role: Role;
  dataDir?: string | undefined;
}

/** The licence in force. */
export function managementSupplier(board: Board, options: ManagementOptions): Supplier {
  if (options.role !== 'management') return {};
  const parts = { path: layoutOf(options.dataDir).licence, config: placesOf(options.dataDir).config };
  const read = async () => {
    const licence = await readLicence(parts);
    board.set('management', { ...board.facts.management, licence });
  };
  return { start: read, polls: [{ every: 15, read }] };
}

async function readLicence(parts: LicenceParts): Promise<ManagementFact['licence']> {
  try {
    const { type, expires } = await licenceInForce(parts);
    return known({ type, ...(expires === undefined ? {} : { expires }) });
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

/** What follows from the services and links: the web UI's address, and why the cluster cannot be asked. */
export function managementOf(facts: NodeFacts): ManagementFact {
  const { identity, services, management } = facts;
  if (identity.role !== 'management') {
    const why = unknown(say('only on a management node', '仅管理节点有'));
    return { uiUrl: why, licence: why, hosts: why, vms: why };
  }
  const service = services.find(({ key }) => key === 'management');
  const { hosts } = management;
  // Where systemd does not know the service (a development run), only what it answered itself is known.
  if (hosts.state === 'known' || service?.state.state === 'unknown')
    return { ...management, uiUrl: uiUrl(facts) };
  const why = unknown(notAsked(service));
  return { ...management, uiUrl: uiUrl(facts), hosts: why, vms: why };
}

function uiUrl({ services, nics }: NodeFacts): Reading<string> {
  const ui = services.find(({ key }) => key === 'ui');
  const state = ui && latestOf(ui.state);
  if (state?.active !== 'running') return unknown(notAsked(ui));
  const address = latestOf(nics)?.find(({ management }) => management)?.addresses[0];
  if (address === undefined) return unknown(say('no management address', '没有管理地址'));
  const host = address.split('/')[0] ?? '';
  return known(`http://${bracketed(host)}:${UI_PORT}`);
}

function notAsked(service: ServiceFact | undefined): Words {
  const state = service?.state;
  if (service === undefined || state === undefined) return say('not read yet', '尚未读取');
  const { en, zh } = service.label;
  if (state.state !== 'known') return say(`${en}: ${state.why.en}`, `${zh}：${state.why.zh}`);
  if (state.value.active !== 'running') return say(`${en} is not running`, `${zh}未运行`);
  return say(`${en} does not tell`, `${zh}没有提供`);
}
