import type { Scope } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import type { Words } from '../api/words.ts';
import type { DhcpNetworks } from '../node/dhcp/networks.ts';
import type { Attention } from '../node/facts/schema.ts';
import type { L2Networks } from '../node/l2/networks.ts';
import type { Lanes } from './lanes.ts';

export interface GuestKeeperParts {
  networks: Pick<L2Networks, 'remake'>;
  dhcp: Pick<DhcpNetworks, 'remake'>;
  lanes: Lanes;
  /** What `attention` answers has changed. */
  changed(): void;
}

/** Links change several at a time. */
const QUIET = 1_000;
/** What could not be made is tried again: NetworkManager, or the NIC, may come later. */
const AGAIN = 10_000;

/**
 * Keeps what guests' networks stand on as this node's own record has it: bridges and DHCP servers come back after a
 * reboot, and after whoever took them away, with or without a management service.
 */
export class GuestKeeper {
  readonly #parts: GuestKeeperParts;
  #missing: readonly Words[] = [];
  /** Somebody was changing one of them just now. */
  #isLeft = false;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(parts: GuestKeeperParts) {
    this.#parts = parts;
  }

  get attention(): Attention[] {
    return this.#missing.map((words) => ({ level: 'bad', words }));
  }

  start(): void {
    this.#running = true;
    this.ask(0);
  }

  /** Something of the links has changed. */
  ask(milliseconds = QUIET): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#timer = setTimeout(() => void this.#look(), milliseconds);
    this.#timer.unref();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const before = this.#missing;
    this.#isLeft = false;
    this.#missing = await this.#remake().catch((thrown) => [Fault.from(thrown).words]);
    if (this.#isLeft || this.#missing.length > 0) this.ask(AGAIN);
    if (before.length + this.#missing.length > 0) this.#parts.changed();
  }

  async #remake(): Promise<Words[]> {
    const { networks, dhcp } = this.#parts;
    const bridges = await networks.remake((work) => this.#alone('network', undefined, work));
    const servers = await dhcp.remake((l3, work) => this.#alone('guests', `l3 ${l3}`, work));
    return [...bridges, ...servers];
  }

  /** What somebody else is changing is left to him, and looked at again. */
  async #alone(scope: Scope, about: string | undefined, work: () => Promise<void>): Promise<void> {
    const caller = { line: '-', program: 'zs-controller' };
    const change = { caller, action: 'guests.remake', scope, ...(about !== undefined && { about }) };
    let isBegun = false;
    const begin = () => {
      isBegun = true;
      return work();
    };
    await this.#parts.lanes.hold(change, begin).catch((thrown) => {
      if (isBegun) throw thrown;
      this.#isLeft = true;
    });
  }
}
