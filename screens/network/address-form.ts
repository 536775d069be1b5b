import { say, type Words } from '../../src/api/words.ts';
import type { Link } from '../../src/node/network/change/schema/state.ts';
import type { Values } from '../../src/tui/form-field.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { changeForm, given, list, plainField, text } from './change-form.ts';

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
          present: methodOf(link),
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
        {
          ...plainField('mtu', say('MTU', 'MTU'), String(link.mtu ?? ''), true),
          present: String(link.mtu ?? link.currentMtu ?? ''),
        },
        {
          ...plainField('more', say('More addresses', '其他地址'), others.join(' '), true),
          present: others.join(' '),
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
