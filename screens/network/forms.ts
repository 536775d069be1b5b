import { same, say, type Words } from '../../src/api/words.ts';
import { BOND_MODES, optionsFrom } from '../../src/node/network/change/schema/bond.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { shortened, vlanName } from '../../src/node/network/change/schema/names.ts';
import type { Link, NetworkState } from '../../src/node/network/change/schema/state.ts';
import { form } from '../../src/tui/form.ts';
import type { Field, Values } from '../../src/tui/form-field.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { linkSpeed } from '../format.ts';
import { propose } from './make.ts';

interface ChangeForm {
  title: Words;
  notes?: Words[];
  fields: Field[];
  change(values: Values): ChangeInput;
  offer?(field: string, values: Values): string | undefined;
}

/** A form whose submission shows the plan. It is there as it was filled in until a change has been made and kept. */
function changeForm(
  context: Context,
  { title, notes, fields, change, offer }: ChangeForm,
  then: () => void,
): Page {
  let showPlan: (() => void) | undefined;
  const kept = () => context.stage.close(page);
  const page = form({
    title,
    ...(notes && { notes }),
    ...(offer && { offer }),
    fields,
    schema: async () => (await import('../../src/node/network/change/schema/change.ts')).change,
    input: change,
    async submit(values) {
      showPlan = await propose(context, change(values), then, kept);
    },
    done: () => showPlan?.(),
    stays: true,
    submitLabel: say('Show the plan', '查看计划'),
  });
  return page;
}

const text = (values: Values, name: string): string => {
  const value = values[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
};
const list = (values: Values, name: string): string[] =>
  text(values, name)
    .split(/[\s,]+/)
    .filter(Boolean);
const given = (values: Values, name: string): Record<string, string> =>
  text(values, name) === '' ? {} : { [name]: text(values, name) };

const ADDRESS = 40;
const plainField = (name: string, label: Words, value: string, optional: boolean): Field => ({
  name,
  label,
  kind: 'text',
  value,
  optional,
  columns: ADDRESS,
});

const METHODS = [
  { value: 'static', label: say('by hand', '手动') },
  { value: 'dhcp', label: say('DHCP', 'DHCP') },
  { value: 'off', label: say('none', '无') },
];

const isByHand = ({ method }: Values): boolean => method === 'static';

const halves = (link: Link): [string, string] => {
  const [address = '', prefix = ''] = (link.ipv4.addresses[0] ?? link.ipv6.addresses[0] ?? '').split('/');
  return [address, prefix];
};

/** Address, netmask, gateway, DNS, MTU and further addresses of a link, filled with what is set now; the gateway is asked for anew. */
export function addressForm(context: Context, link: Link, then: () => void): Page {
  const [address, prefix] = halves(link);
  const dns = [...link.ipv4.dns, ...link.ipv6.dns].join(' ');
  const [first] = link.ipv4.addresses;
  const others = (first === undefined ? link.ipv6 : link.ipv4).addresses.slice(1);
  return changeForm(
    context,
    {
      title: say(`Address of ${link.name}`, `${link.name} 的地址`),
      notes: [nowWords(link)],
      fields: [
        {
          name: 'method',
          label: say('Address', '地址方式'),
          kind: 'choice',
          choices: METHODS,
          value: methodOf(link),
        },
        {
          ...plainField('address', say('IP address', 'IP 地址'), address, true),
          present: address,
          applies: isByHand,
        },
        {
          ...plainField('netmask', say('Netmask', '子网掩码'), prefix, true),
          present: prefix,
          applies: isByHand,
        },
        {
          ...plainField('gateway', say('Gateway', '网关'), '', true),
          present: link.ipv4.gateway ?? link.ipv6.gateway ?? '',
          applies: isByHand,
        },
        {
          ...plainField('dns', say('DNS servers', 'DNS 服务器'), dns, true),
          present: dns,
          applies: ({ method }) => method !== 'off',
        },
        plainField('mtu', say('MTU', 'MTU'), link.mtu === undefined ? '' : String(link.mtu), true),
        {
          ...plainField('more', say('More addresses', '其他地址'), others.join(' '), true),
          applies: isByHand,
        },
      ],
      change: (values) => ({
        kind: 'setAddress',
        link: link.name,
        method: text(values, 'method') as 'static' | 'dhcp' | 'off',
        address: text(values, 'address'),
        netmask: text(values, 'netmask'),
        gateway: text(values, 'gateway'),
        dns: list(values, 'dns'),
        ...given(values, 'mtu'),
        more: list(values, 'more'),
      }),
    },
    then,
  );
}

const methodOf = (link: Link): string => (link.ipv4.method === 'auto' ? 'dhcp' : 'static');

function nowWords(link: Link): Words {
  const held = link.addresses.join(' ') || '-';
  const gateway = link.ipv4.gateway ?? link.ipv6.gateway ?? '-';
  return say(`Now: ${held}, gateway ${gateway}`, `当前：${held}，网关 ${gateway}`);
}

/** A new bond of NICs. */
export function bondForm(context: Context, state: NetworkState, then: () => void): Page {
  const free = state.links.filter(
    (link) => link.kind === 'physical' && link.present && link.controller === undefined,
  );
  return changeForm(
    context,
    {
      title: say('New bond', '新建链路聚合'),
      notes: [
        say(
          `NICs that are free: ${free.map((link) => link.name).join(' ') || 'none'}. An address on a member moves onto the bond.`,
          `可用网卡：${free.map((link) => link.name).join(' ') || '无'}。成员的地址将转移到聚合接口。`,
        ),
      ],
      fields: [
        plainField('name', say('Name', '名称'), freeName(state, 'bond'), false),
        { name: 'mode', label: say('Mode', '模式'), kind: 'choice', choices: MODES, value: '802.3ad' },
        {
          ...plainField('members', say('Members', '成员'), '', false),
          pick: {
            many: true,
            rows: free.map((link) => ({ value: link.name, about: nicWords(link, state) })),
          },
        },
        plainField('options', say('Options', '选项'), '', true),
        plainField('address', say('IP address', 'IP 地址'), '', true),
        plainField('netmask', say('Netmask', '子网掩码'), '', true),
        plainField('gateway', say('Gateway', '网关'), '', true),
      ],
      change: (values) => ({
        kind: 'createBond',
        name: text(values, 'name'),
        mode: text(values, 'mode'),
        members: list(values, 'members'),
        ...optionsGiven(values),
        ...given(values, 'address'),
        ...given(values, 'netmask'),
        ...given(values, 'gateway'),
      }),
    },
    then,
  );
}

/** What tells a NIC from others: speed, MAC, neighbour, and what would be lost. */
function nicWords(link: Link, { management }: NetworkState): Words {
  const known = [
    link.speed === undefined ? '-' : linkSpeed(link.speed),
    link.mac ?? link.currentMac ?? '-',
    ...(link.neighbour === undefined ? [] : [`${link.neighbour.system} ${link.neighbour.port}`]),
    ...link.addresses,
    ...(link.name === management ? ['(MN)'] : []),
  ];
  const carrier = link.carrier ? same('UP') : say('no carrier', '无载波');
  return say(`${carrier.en}  ${known.join('  ')}`, `${carrier.zh}  ${known.join('  ')}`);
}

const MODES = BOND_MODES.map((mode, number) => ({
  value: mode,
  label: say(`${number} ${mode}`, `${number} ${mode}`),
}));

const optionsGiven = (values: Values): { options?: Record<string, string> } => {
  const words = text(values, 'options');
  return words === '' ? {} : { options: optionsFrom([words]) };
};

/** The form shows all options: what was taken out of it goes. */
const optionsAfter = (values: Values, before: Record<string, string>): Record<string, string> => ({
  ...Object.fromEntries(Object.keys(before).map((name) => [name, ''])),
  ...optionsFrom([text(values, 'options')]),
});

const freeName = (state: NetworkState, stem: string): string => {
  const taken = new Set(state.links.map((link) => link.name));
  let number = 0;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
};

/** Another mode or other options of a bond. */
export function bondModeForm(context: Context, link: Link, then: () => void): Page {
  const options = Object.entries(link.bond?.options ?? {}).map(([name, value]) => `${name}=${value}`);
  return changeForm(
    context,
    {
      title: say(`Mode of ${link.name}`, `${link.name} 的模式`),
      notes: [say(`Now: ${link.bond?.mode}`, `当前：${link.bond?.mode}`)],
      fields: [
        {
          name: 'mode',
          label: say('Mode', '模式'),
          kind: 'choice',
          choices: MODES,
          value: link.bond?.mode ?? '802.3ad',
        },
        plainField('options', say('Options', '选项'), options.join(' '), true),
      ],
      change: (values) => ({
        kind: 'changeBond',
        name: link.name,
        mode: text(values, 'mode'),
        options: optionsAfter(values, link.bond?.options ?? {}),
      }),
    },
    then,
  );
}

/** A VLAN on a link. */
export function vlanForm(context: Context, link: Link, then: () => void): Page {
  const isNew = ({ moveAddress }: Values) => moveAddress === 'no';
  return changeForm(
    context,
    {
      title: say(`New VLAN on ${link.name}`, `在 ${link.name} 上新建 VLAN`),
      fields: [
        plainField('id', say('VLAN id', 'VLAN ID'), '', false),
        plainField('name', say('Name', '名称'), '', true),
        {
          name: 'moveAddress',
          label: say('Address', '地址'),
          kind: 'choice',
          value: 'no',
          choices: [
            { value: 'no', label: say('as given below', '使用下面的地址') },
            { value: 'yes', label: say(`move it from ${link.name}`, `从 ${link.name} 迁移`) },
          ],
        },
        { ...plainField('address', say('IP address', 'IP 地址'), '', true), applies: isNew },
        { ...plainField('netmask', say('Netmask', '子网掩码'), '', true), applies: isNew },
        { ...plainField('gateway', say('Gateway', '网关'), '', true), applies: isNew },
      ],
      change: (values) => ({
        kind: 'createVlan',
        parent: link.name,
        id: text(values, 'id'),
        moveAddress: text(values, 'moveAddress') === 'yes',
        ...given(values, 'name'),
        ...given(values, 'address'),
        ...given(values, 'netmask'),
        ...given(values, 'gateway'),
      }),
      offer: (field, values) =>
        field === 'name' ? shortened(vlanName(link.name, Number(text(values, 'id')))) : undefined,
    },
    then,
  );
}

export function renameForm(context: Context, link: Link, then: () => void): Page {
  return changeForm(
    context,
    {
      title: say(`Rename ${link.name}`, `重命名 ${link.name}`),
      notes: [
        say(
          '1 to 15 characters. Connection, bonds, VLANs and the management setting follow.',
          '1 到 15 个字符。连接、聚合、VLAN 与管理设置随之更新。',
        ),
      ],
      fields: [{ ...plainField('to', say('New name', '新名称'), link.name, false), present: link.name }],
      change: (values) => ({ kind: 'rename', from: link.name, to: text(values, 'to') }),
    },
    then,
  );
}

/** One of the bonds to attach a NIC to. */
export function attachForm(context: Context, state: NetworkState, nic: Link, then: () => void): Page {
  const bonds = state.links.filter((link) => link.kind === 'bond');
  return changeForm(
    context,
    {
      title: say(`Attach ${nic.name} to a bond`, `将 ${nic.name} 加入链路聚合`),
      fields: [
        {
          name: 'bond',
          label: say('Bond', '聚合'),
          kind: 'choice',
          value: bonds[0]?.name ?? '',
          choices: bonds.map(({ name }) => ({ value: name, label: say(name, name) })),
        },
      ],
      change: (values) => ({ kind: 'attach', bond: text(values, 'bond'), nic: nic.name }),
    },
    then,
  );
}
