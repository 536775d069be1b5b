import { same, say, type Words } from '../../src/api/words.ts';
import { BOND_MODES, optionsFrom } from '../../src/node/network/change/schema/bond.ts';
import { shortened, vlanName } from '../../src/node/network/change/schema/names.ts';
import type { Link, NetworkState } from '../../src/node/network/change/schema/state.ts';
import type { Values } from '../../src/tui/form-field.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { linkSpeed } from '../format.ts';
import { changeForm, given, list, plainField, text } from './change-form.ts';

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
          present: link.bond?.mode ?? '',
        },
        {
          ...plainField('options', say('Options', '选项'), options.join(' '), true),
          present: options.join(' '),
        },
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
