import { readFile, rm } from 'node:fs/promises';
import { makePackage } from '../../scripts/pack/deb.mts';
import { exclusively } from '../../scripts/vm/cache.mts';
import { roleImage } from '../../scripts/vm/images.mts';
import { bundle } from '../screens/bundle.ts';
import { Machine } from '../vm/driver/machine.ts';
import { newRunDir } from '../vm/driver/run-dir.ts';
import { settledAppliance } from '../vm/driver/settled.ts';
import { Cable } from '../vm/driver/switch.ts';
import type { Bench, Row } from './row.ts';

const BONDS = 50;
const VLANS_EACH = 2;
const LINKS = 200;
const LIMIT = 600_000;
const CHILD = '/usr/lib/zs-node/dist/bench.cjs';

/** What the build machine's kernel has no bonds and VLANs for: an LACP bond with its partner, and many links. */
const bench: Bench = () => exclusively('machines', measure);
export default bench;

async function measure(): Promise<Row[]> {
  const dir = await newRunDir();
  const snapshot = await settledAppliance('compute', await roleImage(await makePackage(dir), 'compute'));
  const machines = await Promise.all(['node', 'partner'].map((name) => Machine.clone(snapshot, { name })));
  const cables = [new Cable(), new Cable()];
  const [node, partner] = machines as [Machine, Machine];
  try {
    for (const { ends } of cables) {
      await node.plug(ends[0]);
      await partner.plug(ends[1]);
    }
    const program = await bundle('test/bench/vm-network-child.ts');
    await node.put(CHILD, await readFile(program.file));
    await program.remove();
    await partner.shell(PARTNER, { limitMs: LIMIT });
    const bond = await inside(node, 'bond', '192.0.2.4', 'ens16', 'ens17');
    await node.run(['ip', '-batch', '-'], { stdin: manyLinks(), limitMs: LIMIT });
    const read = await inside(node, 'links');
    return [
      row('vm: 802.3ad bond with its partner: Y to evidence', bond, 1.3, 'nmcli'),
      row(
        `vm: reading ${LINKS} links, ${BONDS} bonds and ${BONDS * VLANS_EACH} VLANs`,
        read,
        1.5,
        'ip twice',
      ),
    ];
  } finally {
    await Promise.all(machines.map((machine) => machine.end()));
    for (const cable of cables) await cable.close();
    await rm(dir, { recursive: true });
  }
}

/** A name of its own: systemd makes the MAC of a bond from its name and the machine's id, which clones share. */
const PARTNER = `
until [ "$(nmcli -t d | grep -c '^ens1[67]:ethernet:disconnected')" = 2 ]; do sleep 0.5; done
nmcli -t c add type bond con-name bond9 ifname bond9 bond.options mode=802.3ad,miimon=100,lacp_rate=fast ipv4.method manual ipv4.addresses 192.0.2.1/24 ipv6.method disabled autoconnect no
for nic in ens16 ens17; do nmcli -t c add type ethernet con-name bond9-$nic ifname $nic master bond9 autoconnect no; done
nmcli -w 60 c up bond9-ens16
nmcli -w 60 c up bond9-ens17
`;

async function inside(node: Machine, ...argv: string[]): Promise<[number, number]> {
  const program = ['/usr/lib/zs-node/runtime/node', CHILD, ...argv];
  return JSON.parse(await node.run(program, { limitMs: LIMIT })) as [number, number];
}

/** For `ip -batch`: with the two NICs, the bonds and their VLANs as many links as are wanted. */
function manyLinks(): string {
  const bonds = Array.from({ length: BONDS }, (_, bond) => [
    `link add many${bond} type bond`,
    ...Array.from(
      { length: VLANS_EACH },
      (__, id) => `link add link many${bond} name many${bond}.${id + 1} type vlan id ${id + 1}`,
    ),
  ]).flat();
  const others = LINKS - bonds.length - 2;
  return [...bonds, ...Array.from({ length: others }, (_, at) => `link add other${at} type dummy`), ''].join(
    '\n',
  );
}

const row = (name: string, [ours, theirs]: [number, number], times: number, peer: string): Row => ({
  name,
  value: ours,
  unit: 'ms',
  limit: times * theirs,
  peers: { [peer]: theirs },
});
