import { mapReading, unknown } from '../../../src/api/reading.ts';
import { same, say, type Words } from '../../../src/api/words.ts';
import type { ServiceFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { lineWidth, type Span, span, type Tone } from '../../../src/tui/text.ts';
import { duration, sinceTime } from '../../format.ts';
import { type Block, fill } from '../block.ts';
import { figure } from '../figures.ts';
import { LABEL_COLUMNS, labelled } from '../labelled.ts';
import { LICENCE_TYPES } from '../licence-types.ts';
import type { NodeModel } from '../model.ts';

type ServiceValue = Extract<ServiceFact['state'], { state: 'known' }>['value'];
type Active = ServiceValue['active'];

const ACTIVE: Record<Active, { words: Words; tone: Tone }> = {
  running: { words: say('running', '运行中'), tone: 'good' },
  starting: { words: say('starting', '启动中'), tone: 'warn' },
  stopping: { words: say('stopping', '停止中'), tone: 'warn' },
  stopped: { words: say('stopped', '已停止'), tone: 'dim' },
  failed: { words: say('FAILED', '失败'), tone: 'bad' },
};

/** What systemd or the controller says of a service in words of its own. */
const DETAILS: Record<string, Words> = {
  'started by hand': say('started by hand', '手动启动'),
  'auto-restart': say('ends and is started again', '反复重启'),
};

const HAS_RUN = say('has run', '已执行');

/** NODE INFO: the role's services, the cluster link or licence, versions and virtualization. */
export const nodeBlock: Block = {
  title: say('NODE', '节点'),
  least: (model) => nodeRows(model).length,
  most: (model) => nodeRows(model).length,
  wraps: true,
  draw: (model, room, look) =>
    fill(
      nodeRows(model).map((row) => labelled(row.label, row.show(look, room.columns - LABEL_COLUMNS), look)),
      room,
    ),
};

interface Row {
  label: Words;
  show(look: Look, columns: number): Span[];
}

function nodeRows(model: NodeModel): Row[] {
  const { identity } = model.facts;
  const services = (model.facts.services ?? [])
    .filter(({ key }) => key !== 'network')
    .map((service) => serviceRow(service, model));
  const version: Row = { label: say('Version', '版本'), show: (look) => versionSpans(model, look) };
  if (identity?.role === 'management') return [...services, version];
  return [...services, clusterRow(model), virtualizationRow(model), hypervisorRow(model), version];
}

function serviceRow(service: ServiceFact, model: NodeModel): Row {
  const state = service.state;
  return {
    label: service.label,
    show: (look, columns) =>
      service.key === 'ui' && state.state === 'known' && state.value.active === 'running'
        ? uiSpans(state.value, model, look, columns)
        : figure(state, look, (value) => [...signOf(service, model), ...serviceSpans(value, look)]),
  };
}

/** The service cannot work without its database and broker: that one of them is stopped is no rest. */
function signOf({ key, state }: ServiceFact, { facts }: NodeModel): Span[] {
  const stopped = state.state === 'known' && state.value.active === 'stopped';
  const isNeeded = (key === 'database' || key === 'broker') && isWanted(facts.services ?? []);
  return stopped && isNeeded ? [span('! ', 'warn')] : [];
}

/** The management service runs, or is to run. */
const isWanted = (services: readonly ServiceFact[]): boolean =>
  services.some(({ key, state }) => {
    const active = key === 'management' && state.state === 'known' ? state.value.active : 'stopped';
    return active !== 'stopped';
  });

/** `running  http://172.20.14.154:5000`, without the scheme where the row is short. */
function uiSpans(state: ServiceValue, model: NodeModel, look: Look, columns: number): Span[] {
  const status = span(`${look.say(ACTIVE[state.active].words)}  `, ACTIVE[state.active].tone);
  const url = figure(model.facts.management?.uiUrl, look, (text) => text);
  const short = lineWidth([status, ...url]) > columns;
  return [status, ...url.map((part) => (short ? { ...part, text: part.text.replace('http://', '') } : part))];
}

/** `running  pid 700`, in the tone of its state. */
export function serviceSpans(state: { active: Active; pid?: number; detail?: string }, look: Look): Span[] {
  // A unit that ended well and stays in force (o2cb, ocfs2). What it brought about is told by its own panel.
  if (state.active === 'running' && state.detail === 'exited') return [span(look.say(HAS_RUN))];
  const { words, tone } = ACTIVE[state.active];
  const pid = state.pid === undefined ? '' : `  pid ${state.pid}`;
  const detail =
    state.detail === undefined ? '' : `  ${look.say(DETAILS[state.detail] ?? same(state.detail))}`;
  return [span(look.say(words), tone), span(pid + detail)];
}

function versionSpans(model: NodeModel, look: Look): Span[] {
  const version = span(model.facts.identity?.version ?? '');
  if (model.facts.identity?.role !== 'management') return [version];
  const licence = figure(model.facts.management?.licence, look, (fact) => {
    const left =
      fact.expires === undefined ? '' : ` ${duration((fact.expires - look.now) / 1000).split(' ')[0]}`;
    return `${look.say(LICENCE_TYPES[fact.type] ?? same(fact.type))}${left}`;
  });
  return [version, span(look.say(say('  licence ', '  许可证 ')), 'label'), ...licence];
}

const clusterRow = (model: NodeModel): Row => ({
  label: say('Cluster', '集群'),
  show: (look) => clusterSpans(model, look),
});

/** Which management node this one is joined to, since when, and how fresh that is. */
export const clusterSpans = (model: NodeModel, look: Look): Span[] =>
  figure(model.facts.cluster?.link, look, (link) => {
    const since = sinceTime(link.connectedSince, look.now);
    const beat = Math.max(0, Math.round((look.now - link.lastHeartbeat) / 1000));
    return look.say(
      say(
        `${link.managementAddress} since ${since}, beat ${beat}s`,
        `${link.managementAddress} 自 ${since}，心跳 ${beat}s 前`,
      ),
    );
  });

const virtualizationRow = (model: NodeModel): Row => ({
  label: say('Virt', '虚拟化'),
  show: (look) => {
    const fact = model.facts.virtualization;
    const kvm = mapReading(fact?.kvm ?? unknown(say('not read yet', '尚未读取')), () => '/dev/kvm');
    return [
      ...figure(fact?.cpu, look, (flag) => [span(flag, 'good')]),
      span('  '),
      ...figure(kvm, look, (text) => text),
    ];
  },
});

const hypervisorRow = (model: NodeModel): Row => ({
  label: same('QEMU'),
  show(look) {
    const fact = model.facts.virtualization;
    const qemu = figure(fact?.qemu, look, (text) => text);
    // Without libvirt neither is known, for one reason.
    if (fact?.libvirt.state === 'unknown') return qemu;
    return [...qemu, span('  libvirt ', 'label'), ...figure(fact?.libvirt, look, (text) => text)];
  },
});
