import { mapReading, type Reading, unknown } from '../../../src/api/reading.ts';
import { same, say, type Words } from '../../../src/api/words.ts';
import type { ServiceFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { type Span, span, type Tone } from '../../../src/tui/text.ts';
import { duration } from '../../format.ts';
import type { Block } from '../block.ts';
import { figure } from '../figures.ts';
import { labelled } from '../labelled.ts';
import type { NodeModel } from '../model.ts';

type Active = Extract<ServiceFact['state'], { state: 'known' }>['value']['active'];

const ACTIVE: Record<Active, { words: Words; tone: Tone }> = {
  running: { words: say('running', '运行中'), tone: 'good' },
  starting: { words: say('starting', '启动中'), tone: 'warn' },
  stopping: { words: say('stopping', '停止中'), tone: 'warn' },
  stopped: { words: say('stopped', '已停止'), tone: 'dim' },
  failed: { words: say('FAILED', '失败'), tone: 'bad' },
};

/** NODE INFO: the role's services, the cluster link or licence, versions and virtualization. */
export const nodeBlock: Block = {
  title: say('NODE', '节点'),
  least: (model) => nodeRows(model).length,
  most: (model) => nodeRows(model).length,
  draw: (model, room, look) => nodeRows(model).map((row) => labelled(row.label, row.show(look), room, look)),
};

interface Row {
  label: Words;
  show(look: Look): Span[];
}

function nodeRows(model: NodeModel): Row[] {
  const { identity } = model.facts;
  const services = (model.facts.services ?? []).map((service) => serviceRow(service, model));
  const version: Row = { label: say('Version', '版本'), show: (look) => versionSpans(model, look) };
  if (identity?.role === 'management') return [...services, version];
  return [...services, clusterRow(model), virtualizationRow(model), hypervisorRow(model), version];
}

function serviceRow(service: ServiceFact, model: NodeModel): Row {
  return {
    label: service.label,
    show: (look) => [
      ...figure(service.state, look, (state) => serviceSpans(state, look)),
      ...uiUrl(service, model, look),
    ],
  };
}

function serviceSpans(state: { active: Active; pid?: number; detail?: string }, look: Look): Span[] {
  const { words, tone } = ACTIVE[state.active];
  const pid = state.pid === undefined ? '' : `  pid ${state.pid}`;
  const detail = state.detail === undefined ? '' : `  ${state.detail}`;
  return [span(look.say(words), tone), span(pid + detail)];
}

function uiUrl(service: ServiceFact, model: NodeModel, look: Look): Span[] {
  if (service.key !== 'ui' || service.state.state === 'unknown') return [];
  const url: Reading<string> | undefined = model.facts.management?.uiUrl;
  return [span('  '), ...figure(url, look, (text) => text)];
}

function versionSpans(model: NodeModel, look: Look): Span[] {
  const version = span(model.facts.identity?.version ?? '');
  if (model.facts.identity?.role !== 'management') return [version];
  const licence = figure(model.facts.management?.licence, look, (fact) => {
    const left =
      fact.expires === undefined ? '' : ` ${duration((fact.expires - look.now) / 1000).split(' ')[0]}`;
    return `${fact.type}${left}`;
  });
  return [version, span(look.say(say('  licence ', '  许可证 ')), 'label'), ...licence];
}

const clusterRow = (model: NodeModel): Row => ({
  label: say('Cluster', '集群'),
  show: (look) =>
    figure(model.facts.cluster?.link, look, (link) => {
      const connected = duration((look.now - link.connectedSince) / 1000);
      const beat = Math.max(0, Math.round((look.now - link.lastHeartbeat) / 1000));
      return look.say(
        say(
          `${link.managementAddress} for ${connected}, heard ${beat}s ago`,
          `${link.managementAddress} 已连接 ${connected}，${beat} 秒前有心跳`,
        ),
      );
    }),
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
  show: (look) => [
    ...figure(model.facts.virtualization?.qemu, look, (text) => text),
    span('  libvirt ', 'label'),
    ...figure(model.facts.virtualization?.libvirt, look, (text) => text),
  ],
});
