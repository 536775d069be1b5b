import { expect, test } from 'vitest';
import { headerRow, linkRow } from '../../screens/network/rows.ts';
import { known } from '../../src/api/reading.ts';
import type { Link, NetworkState } from '../../src/node/network/change/schema/state.ts';
import { OFF } from '../../src/node/network/change/schema/state.ts';
import { textOf } from '../../src/tui/text.ts';
import { lookIn } from '../fakes/stage.ts';
import { fixtureFacts } from '../fixtures/facts.ts';

const link = (name: string, rest: Partial<Link>): Link => ({
  name,
  kind: 'physical',
  managed: true,
  present: true,
  active: true,
  carrier: true,
  addresses: [],
  ipv4: OFF,
  ipv6: OFF,
  ...rest,
});

const state: NetworkState = {
  management: 'bond0',
  links: [
    link('bond0', {
      kind: 'bond',
      bond: { mode: 'active-backup', options: {} },
      activePort: 'em01',
      addresses: ['192.0.2.4/24'],
      currentMac: '52:54:00:00:00:01',
      currentMtu: 9000,
    }),
    link('em01', {
      controller: 'bond0',
      speed: 10_000,
      mac: '52:54:00:00:00:01',
      neighbour: { system: 'tor-a17', port: 'Ethernet1/12' },
    }),
    link('em02', { controller: 'bond0', carrier: false, up: true }),
  ],
};

function drawn(columns: number): string[] {
  const facts = fixtureFacts('compute');
  const nics = known([
    { ...(facts.nics.state === 'known' ? facts.nics.value : [])[1], name: 'em01', driver: 'ixgbe' },
  ]);
  const model = { facts: { ...facts, nics: nics as typeof facts.nics }, link: { state: 'up' } } as const;
  const rows = state.links.map((one) => linkRow({ link: one, state, model }, lookIn(), columns));
  return textOf([headerRow(lookIn(), columns), ...rows]).split('\n');
}

test('a wide list tells MAC, MTU, driver, neighbour, ports and the active one', () => {
  const [head, bond, first] = drawn(158);
  expect(head).toMatch(/Name +State +Speed +MAC +MTU +Driver +Neighbour \(LLDP\) +Address, members/);
  expect(bond).toMatch(
    /bond0 \(MN\) +UP +52:54:00:00:00:01 +9000 +active-backup 1\/2 \[em01\] {2}192\.0\.2\.4\/24/,
  );
  expect(first).toMatch(/em01 +UP +10G +52:54:00:00:00:01 +ixgbe +tor-a17 Ethernet1\/12 +port of bond0/);
});

test('a narrow one tells ports and neighbour beside the addresses', () => {
  const [, bond, first, second] = drawn(78);
  expect(bond).toMatch(/active-backup 1\/2 \[em01\] {2}192\.0\.2\.4\/24/);
  expect(first).toMatch(/port of bond0 {2}tor-a17 Ethernet1\/12/);
  expect(second).toMatch(/no carrier/);
});
