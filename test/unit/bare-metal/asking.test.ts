import { expect, test } from 'vitest';
import { askingIn } from '../../../src/node/bare-metal/plan/asking.ts';

const AT = 1_764_400_000;
/** As journalctl writes what dnsmasq 2.90 says. */
const said = (second: number, text: string): string => `${AT + second}.123456 node1 dnsmasq[812]: ${text}`;
const asked = (second: number, xid: number, arch: string, rest: string): string[] => [
  said(second, `dnsmasq-dhcp[812]: ${xid} available DHCP range: 10.88.0.2 -- 10.88.0.254`),
  said(second, `dnsmasq-dhcp[812]: ${xid} vendor class: PXEClient:Arch:${arch}:UNDI:002001`),
  said(second, `dnsmasq-dhcp[812]: ${xid} DHCPDISCOVER(ens16) ${rest}`),
];
const read = (...lines: string[]) => askingIn(`${lines.join('\n')}\n`);

const [ONE, TWO] = ['52:54:00:01:00:02', '52:54:00:01:00:03'] as const;

test('machines that asked and got no answer, each once, the last one first, by their firmware', () => {
  expect(
    read(
      said(0, 'dnsmasq[812]: started, version 2.90 DNS disabled'),
      ...asked(1, 11, '00000', `${ONE} ignored`),
      ...asked(2, 12, '00007', `10.88.0.50 ${TWO} ignored`),
      ...asked(3, 13, '00000', `${ONE} ignored`),
      ...asked(4, 14, '00011', '52:54:00:01:00:04 ignored'),
    ),
  ).toEqual([
    { mac: '52:54:00:01:00:04', at: (AT + 4) * 1000 },
    { mac: ONE, firmware: 'bios', at: (AT + 3) * 1000 },
    { mac: TWO, firmware: 'uefi', at: (AT + 2) * 1000 },
  ]);
});

test('one that is answered by now, what does not start from the network, and what asked an earlier start do not count', () => {
  expect(
    read(
      ...asked(0, 10, '00000', `${TWO} ignored`),
      said(1, 'dnsmasq[812]: started, version 2.90 DNS disabled'),
      ...asked(2, 11, '00000', `${ONE} ignored`),
      ...asked(3, 12, '00000', `${ONE} `),
      said(4, 'dnsmasq-dhcp[812]: 13 vendor class: udhcp 1.35.0'),
      said(4, `dnsmasq-dhcp[812]: 13 DHCPDISCOVER(ens16) ${TWO} ignored`),
    ),
  ).toEqual([]);
  expect(askingIn('')).toEqual([]);
});
