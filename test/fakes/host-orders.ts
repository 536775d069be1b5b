import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../src/api/fault.ts';
import { parseInput } from '../../src/api/registry.ts';
import { same } from '../../src/api/words.ts';
import type { Ordered, Orders } from '../../src/management/jobs/order.ts';
import { inputOf } from '../../src/management/link/input.ts';
import type { Vault } from '../../src/management/secrets/vault.ts';

type Input = Record<string, unknown>;

/**
 * A host as orders find it, in memory: strict about what must be there before something else, and once only for what is
 * given again. Real hosts are in the tests of the node.
 */
export class HostOrders implements Orders {
  /** Path by storage. */
  readonly storages = new Map<string, string>();
  readonly images = new Set<string>();
  readonly volumes = new Set<string>();
  readonly bridges = new Map<string, string>();
  /** IP by L3 and MAC. */
  readonly leases = new Map<string, string>();
  /** Addresses that DHCP servers were to have. */
  readonly servers = new Set<string>();
  readonly vms = new Map<string, 'running' | 'paused' | 'off'>();
  /** Definitions as they were started. */
  readonly defined = new Map<string, Input>();
  /** Names of what was carried out, in turn. */
  readonly done: string[] = [];
  /** Asked before and after each order: what it throws is what the service sees. */
  at: (name: string, when: 'before' | 'after') => void | Promise<void> = () => {};
  readonly #answers = new Map<string, unknown>();
  readonly #vault: () => Vault;

  constructor(vault: () => Vault) {
    this.#vault = vault;
  }

  async order({ what, action, input, resource, sealed = {}, signal }: Ordered): Promise<unknown> {
    if (!/^[\x21-\x7e]{1,240}$/.test(what)) throw new Error(`no host takes such an order: ${what}`);
    // As it stands in the store, and as it is told.
    const row = { input: JSON.stringify(input), sealed: JSON.stringify(sealed), resource };
    const parsed = parseInput(action, inputOf(row, this.#vault())) as Input;
    await this.at(action.name, 'before');
    if (!this.#answers.has(what)) {
      const answer = this.#carryOut(action.name, parsed);
      this.#answers.set(what, answer);
      this.done.push(action.name);
    }
    await this.at(action.name, 'after');
    await sleep(1, undefined, { signal });
    return this.#answers.get(what);
  }

  /** Nothing of any VM. */
  get isClean(): boolean {
    return this.volumes.size === 0 && this.leases.size === 0 && this.vms.size === 0;
  }

  #carryOut(name: string, input: Input): unknown {
    const work = this.#actions[name];
    if (work === undefined) throw new Error(`no such order: ${name}`);
    return work(input);
  }

  readonly #actions: Record<string, (input: Input) => unknown> = {
    'storage.connect': ({ storage, path }) => {
      this.storages.set(String(storage), String(path));
      return { total: 100 * 2 ** 30, available: 80 * 2 ** 30 };
    },
    'image.ensure': ({ storage, image, bytes, size }) => {
      this.#must(this.storages, storage, 'storage');
      this.images.add(String(image));
      return { path: `/vms/imagecache/${image}`, size, actualSize: bytes };
    },
    'volume.create': ({ storage, volume, image, size }) => {
      this.#must(this.storages, storage, 'storage');
      this.#must(this.images, image, 'image');
      this.volumes.add(String(volume));
      return {
        path: `${this.storages.get(String(storage))}/volumes/${volume}.qcow2`,
        size,
        actualSize: 200_000,
      };
    },
    'volume.remove': ({ volume }) => void this.volumes.delete(String(volume)),
    'l2.ensure': ({ l2, nic }) => {
      this.bridges.set(String(l2), String(nic));
      return { bridge: `br_${nic}` };
    },
    'l2.remove': ({ l2 }) => void this.bridges.delete(String(l2)),
    'dhcp.set': ({ l3, l2, server, lease }) => {
      this.#must(this.bridges, l2, 'l2');
      this.servers.add(String(server));
      const { mac, ip } = lease as { mac: string; ip: string };
      this.leases.set(`${l3} ${mac}`, ip);
    },
    'dhcp.remove': ({ l3, mac }) => void this.leases.delete(`${l3} ${mac}`),
    'vm.start': ({ vm, definition }) => {
      const { volumes, nics } = definition as { volumes: { volume: string }[]; nics: { l2: string }[] };
      for (const { volume } of volumes) this.#must(this.volumes, volume, 'volume');
      for (const { l2 } of nics) this.#must(this.bridges, l2, 'l2');
      this.defined.set(String(vm), definition as Input);
      this.vms.set(String(vm), 'running');
      return { accelerator: 'qemu', why: same('no KVM here') };
    },
    'vm.stop': ({ vm }) => this.#set(vm, 'off'),
    'vm.powerOff': ({ vm }) => this.#set(vm, 'off'),
    'vm.reboot': ({ vm }) => this.#set(vm, 'running'),
    'vm.pause': ({ vm }) => this.#set(vm, 'paused'),
    'vm.resume': ({ vm }) => this.#set(vm, 'running'),
    'vm.consolePassword': ({ vm, consolePassword }) => {
      const defined = this.defined.get(String(vm));
      if (defined !== undefined) this.defined.set(String(vm), { ...defined, consolePassword });
    },
    'vm.remove': ({ vm }) => void this.vms.delete(String(vm)),
  };

  #set(vm: unknown, state: 'running' | 'paused' | 'off'): void {
    this.#must(this.vms, vm, 'vm');
    this.vms.set(String(vm), state);
  }

  #must(all: { has(key: string): boolean }, key: unknown, field: string): void {
    if (!all.has(String(key))) throw new Fault('notFound', same(`no such ${field} here`), { field });
  }
}
