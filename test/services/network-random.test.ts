import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import { make, NetworkWorld } from './network-world.ts';

/** A longer run: `ZS_CHANGES=500`. */
const CHANGES = Number(process.env.ZS_CHANGES ?? 60);
const MINUTES = 20;
const NICS = 4;

/** What the node should have: a NIC carries its address itself, or its bridge does. */
interface Nic {
  name: string;
  address?: string;
  gateway: boolean;
  bridge?: string;
}

interface Move {
  change: ChangeInput;
  /** Applied to the model when the change is made; absent: it has to be refused. */
  done?: () => void;
}

const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const nics: Nic[] = Array.from({ length: NICS }, (_, at) => ({ name: `em0${at + 1}`, gateway: false }));
const pick = (): Nic => nics[below(NICS)] as Nic;

/** Set with the first change after which the default route, or the only address, would be elsewhere. */
let pinned: Nic | undefined;

/** What is set, else where the default route is, else where the only address is. */
const isManagement = (nic: Nic): boolean =>
  pinned === undefined
    ? nic.gateway ||
      (nic.address !== undefined &&
        nics.every((other) => !other.gateway && (other === nic || other.address === undefined)))
    : pinned === nic;

/** Before this NIC gets an address, or loses the default route that it has. */
function pin(nic: Nic, gateway: boolean): void {
  const management = nics.find(isManagement);
  if (management === undefined) return;
  const after = nics.map((each) => (each === nic ? { ...nic, address: 'new', gateway } : each));
  const route = after.find((each) => each.gateway);
  const isThere = route?.name === management.name;
  const isOnly = after.every((each) => each.name === management.name || each.address === undefined);
  if (!isThere && (route !== undefined || !isOnly)) pinned ??= management;
}

/** Gateway and switch are in 192.0.2.0/24; other addresses are in subnets that nobody else uses. */
function newAddress(nic: Nic): { address: string; gateway?: string } {
  const mayRoute = nics.every((other) => other === nic || !other.gateway);
  if (mayRoute && random() < 0.3) return { address: `192.0.2.${10 + below(200)}`, gateway: '192.0.2.1' };
  return { address: `10.${below(200)}.${below(200)}.${1 + below(250)}` };
}

const MOVES: ((nic: Nic) => Move | undefined)[] = [
  (nic) => {
    const { address, gateway = '' } = newAddress(nic);
    return {
      change: { kind: 'setAddress', link: nic.bridge ?? nic.name, address, netmask: '24', gateway },
      done: () => {
        pin(nic, gateway !== '');
        nic.address = `${address}/24`;
        nic.gateway = gateway !== '';
      },
    };
  },
  (nic) => {
    if (nic.address === undefined) return undefined;
    const change: ChangeInput = { kind: 'clearAddress', link: nic.bridge ?? nic.name };
    if (isManagement(nic)) return { change };
    return {
      change,
      done: () => {
        delete nic.address;
      },
    };
  },
  (nic) => {
    if (nic.bridge !== undefined) return { change: { kind: 'createBridge', link: nic.name } };
    const name = random() < 0.5 ? `br${below(1000)}` : `br_${nic.name}`;
    if (nics.some((other) => other.bridge === name)) return undefined;
    return {
      change: { kind: 'createBridge', link: nic.name, name },
      done: () => {
        nic.bridge = name;
      },
    };
  },
  (nic) =>
    nic.bridge === undefined
      ? undefined
      : {
          change: { kind: 'deleteBridge', name: nic.bridge },
          done: () => {
            delete nic.bridge;
          },
        },
  (nic) => {
    const to = `nic${below(10_000)}`;
    if (nics.some(({ name }) => name === to)) return undefined;
    return {
      change: { kind: 'rename', from: nic.name, to },
      done: () => {
        nic.name = to;
      },
    };
  },
];

function nextMove(): Move {
  for (;;) {
    const move = MOVES[below(MOVES.length)]?.(pick());
    if (move !== undefined) return move;
  }
}

/** The model as the kernel would show it: link, controller, addresses. */
const expected = (): string[] =>
  nics
    .flatMap(({ name, address = '-', bridge }) =>
      bridge === undefined ? [`${name} - ${address}`] : [`${name} ${bridge} -`, `${bridge} - ${address}`],
    )
    .sort();

interface Shown {
  ifname: string;
  master?: string;
  addr_info: { local: string; prefixlen: number }[];
}

let world: NetworkWorld;
let connection: Connection;

async function shown(): Promise<string[]> {
  const links: Shown[] = JSON.parse(await world.inside('ip', '-j', '-4', 'addr', 'show'));
  const all: Shown[] = JSON.parse(await world.inside('ip', '-j', 'link', 'show'));
  return all
    .filter(({ ifname }) => ifname !== 'lo')
    .map(({ ifname, master = '-' }) => {
      const held = links.find((link) => link.ifname === ifname)?.addr_info ?? [];
      const text = held.map(({ local, prefixlen }) => `${local}/${prefixlen}`).join(',');
      return `${ifname} ${master} ${text === '' ? '-' : text}`;
    })
    .sort();
}

/** One profile a link on disk, none left in memory. */
async function profiles(): Promise<string[]> {
  const script =
    'cd /etc/NetworkManager/system-connections && sed -n s/^interface-name=//p * | sort; ls /run/NetworkManager/system-connections';
  return (await world.inside('sh', '-c', script)).trim().split('\n');
}

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: NICS, nodeIni: 'network_evidence_seconds = 20\n' });
  await world.startController();
  connection = await world.connect();
});
afterAll(async () => {
  connection?.close();
  await world?.end();
});

test(
  `${CHANGES} random changes leave what the model says`,
  async () => {
    tellSeed();
    let made = 0;
    let refused = 0;
    while (made < CHANGES) {
      const { change, done } = nextMove();
      const { job } = await make(connection, change);
      const what = `seed ${seed}, change ${made + refused + 1}: ${JSON.stringify(change)}`;
      if (done === undefined) {
        expect(job.fault?.kind, what).toBe('conflict');
        refused++;
      } else {
        expect(job.fault?.words.en, what).toBeUndefined();
        done();
        made++;
      }
      expect(await shown(), what).toEqual(expected());
    }
    const names = nics.flatMap(({ name, bridge }) => (bridge === undefined ? [name] : [name, bridge]));
    expect((await profiles()).sort()).toEqual([...names, 'lo.nmconnection'].sort());
    console.log(`${made} made, ${refused} refused as they should be`);
  },
  MINUTES * 60_000,
);
