import type { InputOf } from '../../src/api/action.ts';
import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { latestOf } from '../../src/api/reading.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Nic } from '../../src/node/facts/schema.ts';
import type { planNetworkReset, resetNetwork } from '../../src/node/network/change/schema/reset.ts';
import { form } from '../../src/tui/form.ts';
import type { Values } from '../../src/tui/form-field.ts';
import { phrase } from '../../src/tui/phrase.ts';
import type { Before } from '../../src/tui/plan-view.ts';
import { progress } from '../../src/tui/progress.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { addressesValue } from '../menu/values.ts';

type Input = InputOf<typeof resetNetwork>;

const PLAN = reference<typeof planNetworkReset>('network.planReset');
const RESET = reference<typeof resetNetwork>('network.reset');
const LABEL = say('Emergency Network Reset', '紧急网络重置');
const PHRASE = 'reset network';

/** Back to one NIC with one address, whatever state the network is in. */
export const networkResetEntry: Entry = {
  label: LABEL,
  help: [
    say('Brings a node with a wrecked network back to one NIC.', '将网络损坏的节点恢复为单网卡。'),
    say(
      'Bonds, VLANs and bridges go; a copy of what was is kept.',
      '聚合、VLAN 与网桥将被移除；保留原配置的副本。',
    ),
  ],
  value: addressesValue,
  open: (context) => openForm(context),
};

/** Bonds that have ports, and real NICs; in a container, which has none, what stands for them. */
function nicsOf({ model }: Context): { value: string; label: Words }[] {
  const { nics: reading, missing = [] } = model.facts;
  const nics = (reading && latestOf(reading)) ?? [];
  const real = nics.filter(({ kind }) => kind === 'physical');
  const bonds = nics.filter(({ kind, ports }) => kind === 'bond' && ports.length > 0);
  const plain = real.length > 0 ? real : nics.filter(({ kind }) => kind === 'virtual');
  const isFree = ({ addresses, master }: Nic) => addresses.length === 0 && master === undefined;
  const gone = missing.map(({ name }) => name).join(', ');
  const choice = (nic: Nic) => {
    const note = gone === '' || !isFree(nic) ? say('', '') : say(`  (${gone} missing)`, `  （缺失 ${gone}）`);
    return { value: nic.name, label: say(`${nic.name}${note.en}`, `${nic.name}${note.zh}`) };
  };
  // What may stand for a missing one comes first.
  const free = gone === '' ? [] : plain.filter(isFree);
  return [...free, ...plain.filter((nic) => !free.includes(nic)), ...bonds].map(choice);
}

const METHODS = [
  { value: 'static', label: say('by hand', '手动') },
  { value: 'dhcp', label: say('DHCP', 'DHCP') },
];

const byHand = (values: Values): boolean => values.method !== 'dhcp';

function openForm(context: Context): void {
  const lost = context.model.facts.missing?.find(({ management }) => management);
  const [address = '', prefix = ''] = (lost?.addresses.find((each) => each.includes('/')) ?? '').split('/');
  let showPlan: (() => void) | undefined;
  context.stage.open(
    form({
      title: LABEL,
      danger: true,
      fields: [
        {
          name: 'nic',
          label: say('NIC', '网卡'),
          kind: 'choice',
          choices: nicsOf(context),
        },
        { name: 'method', label: say('Address', '地址方式'), kind: 'choice', choices: METHODS },
        {
          name: 'address',
          label: say('IP address', 'IP 地址'),
          kind: 'text',
          value: address,
          optional: true,
          applies: byHand,
        },
        {
          name: 'netmask',
          label: say('Netmask', '子网掩码'),
          kind: 'text',
          value: prefix,
          optional: true,
          applies: byHand,
        },
        { name: 'gateway', label: say('Gateway', '网关'), kind: 'text', optional: true, applies: byHand },
        { name: 'vlan', label: say('VLAN (tagged)', 'VLAN（tagged）'), kind: 'text', optional: true },
        { name: 'dns', label: say('DNS servers', 'DNS 服务器'), kind: 'text', optional: true },
      ],
      schema: async () => (await import('../../src/node/network/change/schema/reset.ts')).resetNetwork.input,
      input: inputOf,
      submit: async (values) => {
        const input = inputOf(values);
        const plan = await context.controller().call(PLAN, input);
        showPlan = () => ask(context, input, plan);
      },
      done: () => showPlan?.(),
      submitLabel: say('Show the plan', '查看计划'),
    }),
  );
}

function ask(
  context: Context,
  input: Input,
  { title, steps, warnings, digest }: ShownPlan,
  before?: Before,
): void {
  context.stage.open(
    phrase({
      title,
      danger: true,
      lines: [...(before ? [before.words] : []), ...steps.map(({ words }) => words), ...warnings],
      phrase: PHRASE,
      ...(before && { why: before.why }),
      yes: (why) => void carryOut(context, { ...input, why, seen: digest }),
    }),
  );
}

function inputOf(values: Values): Input {
  const text = (name: string) => (values[name] === undefined ? '' : String(values[name]).trim());
  const dns = text('dns')
    .split(/[\s,]+/)
    .filter(Boolean);
  return {
    nic: text('nic'),
    method: text('method') === 'dhcp' ? 'dhcp' : 'static',
    address: text('address'),
    netmask: text('netmask'),
    gateway: text('gateway'),
    ...(text('vlan') === '' ? {} : { vlan: text('vlan') }),
    ...(dns.length === 0 ? {} : { dns }),
  };
}

async function carryOut(context: Context, input: Input): Promise<void> {
  const window = progress({ title: LABEL, danger: true });
  context.stage.open(window.page);
  window.step(say(`Resetting to ${input.nic}`, `正在重置为 ${input.nic}`));
  try {
    const { copy } = await context.controller().call(RESET, input);
    window.line(say(`Copy of what was: ${copy}`, `原配置副本：${copy}`));
    window.done(say('The network is reset.', '网络已重置。'));
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (fault.plan === undefined) return window.failed(fault);
    context.stage.close(window.page);
    ask(context, input, fault.plan, { words: fault.words, why: input.why ?? '' });
  }
}
