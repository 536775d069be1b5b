import { expect } from 'vitest';
import { pickFrom, randomOf, seed, tellSeed } from '../fakes/random.ts';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { until } from './driver/wait.ts';

const CHANGES = Number(process.env.ZS_CHANGES ?? 40);
const LIMIT = 240_000;
/** Modes that a plain switch is enough for, by number, as the kernel names them. */
const MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '', 'balance-tlb', 'balance-alb'];

/** What the node should have. */
interface Vlan {
  name: string;
  parent: string;
  id: number;
}
interface Model {
  /** NICs, with the bond that each belongs to. */
  nics: Map<string, string | undefined>;
  /** Modes by bond. */
  bonds: Map<string, string>;
  vlans: Vlan[];
  addresses: Map<string, string>;
}

interface Move {
  argv: string[];
  /** Applied to the model when the change is made; absent: it has to be refused. */
  done?: () => void;
}

const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const one = <T>(all: readonly T[]): T | undefined => (all.length === 0 ? undefined : pickFrom(random, all));

const portsOf = ({ nics }: Model, bond: string) =>
  [...nics].filter(([, of]) => of === bond).map(([nic]) => nic);
const hasVlan = ({ vlans }: Model, name: string) => vlans.some(({ parent }) => parent === name);
/** Links that carry something themselves: free NICs, and bonds with a member. */
const carriers = (model: Model) => [
  ...[...model.nics].filter(([, bond]) => bond === undefined).map(([nic]) => nic),
  ...[...model.bonds.keys()].filter((bond) => portsOf(model, bond).length > 0),
];

const MOVES: ((model: Model) => Move | undefined)[] = [
  (model) => {
    const mode = one([0, 1, 2, 3, 5, 6]) ?? 1;
    const name = `bond${below(100)}`;
    const argv = ['zs-bond', '-c', name, String(mode)];
    if (model.bonds.has(name)) return { argv };
    return model.bonds.size > 2 ? undefined : { argv, done: () => model.bonds.set(name, MODES[mode] ?? '') };
  },
  (model) => {
    const name = one([...model.bonds.keys()]);
    if (name === undefined) return undefined;
    const argv = ['zs-bond', '-d', name];
    if (hasVlan(model, name)) return { argv };
    const done = () => {
      const [heir, ...others] = portsOf(model, name);
      const held = model.addresses.get(name);
      for (const nic of portsOf(model, name)) model.nics.set(nic, undefined);
      // With one port the address has one place to go.
      if (heir !== undefined && held !== undefined && others.length === 0) model.addresses.set(heir, held);
      model.bonds.delete(name);
      model.addresses.delete(name);
    };
    return { argv, done };
  },
  (model) => {
    const bond = one([...model.bonds.keys()]);
    const nic = one([...model.nics.keys()]);
    if (bond === undefined || nic === undefined) return undefined;
    const argv = ['zs-nic-to-bond', '-a', bond, nic];
    if (model.nics.get(nic) !== undefined || hasVlan(model, nic)) return { argv };
    const done = () => {
      model.nics.set(nic, bond);
      const held = model.addresses.get(nic);
      model.addresses.delete(nic);
      if (held !== undefined && !model.addresses.has(bond)) model.addresses.set(bond, held);
    };
    return { argv, done };
  },
  (model) => {
    const nic = one([...model.nics.keys()]) ?? '';
    const bond = model.nics.get(nic);
    // Without its last member a bond that carries something would not hold.
    if (bond === undefined || portsOf(model, bond).length < 2) return undefined;
    return { argv: ['zs-nic-to-bond', '-d', bond, nic], done: () => model.nics.set(nic, undefined) };
  },
  (model) => {
    const parent = one(carriers(model));
    if (parent === undefined) return undefined;
    const id = one([1, 4094, 2 + below(4000)]) ?? 1;
    const name = `${parent}.${id}`;
    const argv = ['zs-vlan', '-c', parent, String(id)];
    if (model.vlans.some((vlan) => vlan.name === name)) return { argv };
    return { argv, done: () => model.vlans.push({ name, parent, id }) };
  },
  (model) => {
    const vlan = one(model.vlans);
    if (vlan === undefined) return undefined;
    const done = () => {
      model.vlans = model.vlans.filter((each) => each !== vlan);
      model.addresses.delete(vlan.name);
    };
    return { argv: ['zs-vlan', '-d', vlan.parent, String(vlan.id)], done };
  },
  (model) => {
    const name = one([...carriers(model), ...model.vlans.map((vlan) => vlan.name)]);
    if (name === undefined) return undefined;
    const address = `10.${below(200)}.${below(200)}.${1 + below(250)}`;
    const argv = ['zs-network-setting', '-i', name, address, '24'];
    return { argv, done: () => model.addresses.set(name, `${address}/24`) };
  },
];

function nextMove(model: Model): Move {
  for (;;) {
    const move = MOVES[below(MOVES.length)]?.(model);
    if (move !== undefined) return move;
  }
}

/** The model as the kernel would show it: link, what it is, where it belongs, address. */
function expected(model: Model): string[] {
  const row = (name: string, what: string) => `${name} ${what} ${model.addresses.get(name) ?? '-'}`;
  return [
    ...[...model.nics].map(([nic, bond]) => row(nic, `nic ${bond ?? '-'}`)),
    ...[...model.bonds].map(([bond, mode]) => row(bond, `bond ${mode}`)),
    ...model.vlans.map(({ name, parent, id }) => row(name, `vlan ${parent} ${id}`)),
  ].sort();
}

interface Shown {
  ifname: string;
  link?: string;
  master?: string;
  link_type: string;
  linkinfo?: { info_kind?: string; info_data?: { mode?: string; id?: number } };
  addr_info: { family: string; local: string; prefixlen: number }[];
}

async function shown(node: Machine, model: Model): Promise<string[]> {
  const links: Shown[] = JSON.parse(await node.shell('ip -j -d addr show'));
  const kinds: Record<string, (link: Shown) => string> = {
    bond: ({ linkinfo }) => `bond ${linkinfo?.info_data?.mode}`,
    vlan: ({ link, linkinfo }) => `vlan ${link} ${linkinfo?.info_data?.id}`,
  };
  return links
    .filter(({ ifname, linkinfo }) => model.nics.has(ifname) || linkinfo?.info_kind !== undefined)
    .map((link) => {
      const what = kinds[link.linkinfo?.info_kind ?? '']?.(link) ?? `nic ${link.master ?? '-'}`;
      const held = link.addr_info.filter(({ family }) => family === 'inet');
      const addresses = held.map(({ local, prefixlen }) => `${local}/${prefixlen}`).join(',');
      return `${link.ifname} ${what} ${addresses === '' ? '-' : addresses}`;
    })
    .sort();
}

machineTest(
  `${CHANGES} random changes of bonds and VLANs leave what the model says, after a power cut too`,
  async (lab) => {
    tellSeed();
    const node = await lab.clone(await bootedAppliance('compute'), { name: 'node' });
    const network = lab.network();
    for (let at = 0; at < 3; at++) await node.plug(network.port());
    const nics = ['ens16', 'ens17', 'ens18'];
    const known = async () =>
      (await node.run(['nmcli', '-t', 'd'])).match(/^ens1[678]:ethernet:disconnected/gm)?.length === 3 ||
      undefined;
    await until('NICs', known, { limitMs: LIMIT });
    const model: Model = {
      nics: new Map(nics.map((nic) => [nic, undefined])),
      bonds: new Map(),
      vlans: [],
      addresses: new Map(),
    };
    for (let made = 0, tried = 1; made < CHANGES; tried++) {
      const { argv, done } = nextMove(model);
      const what = `seed ${seed}, change ${tried}: ${argv.join(' ')}`;
      const { code, stderr } = await node.attempt([...argv, '--yes'], { limitMs: LIMIT });
      if (done === undefined) expect(code, what).toBe(2);
      else expect([code, code === 0 ? '' : stderr.toString()], what).toEqual([0, '']);
      if (done !== undefined) made++;
      done?.();
      expect(await shown(node, model), what).toEqual(expected(model));
    }
    await node.powerCut();
    await node.start();
    await node.agent.ready();
    let last: string[] = [];
    const same = async () => {
      last = await shown(node, model);
      return JSON.stringify(last) === JSON.stringify(expected(model)) || undefined;
    };
    await until('the same after the start', same, { limitMs: LIMIT }).catch(() =>
      expect(last, `seed ${seed}`).toEqual(expected(model)),
    );
  },
  80,
);
