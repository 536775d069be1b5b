import { existsSync } from 'node:fs';
import { byName } from '../../api/by-name.ts';
import { Fault } from '../../api/fault.ts';
import { known, lost } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { KeepConnected } from '../../system/keep-connected.ts';
import type { DomainRecord } from '../../system/libvirt/domains.ts';
import { type Hypervisor, openHypervisor } from '../../system/libvirt/hypervisor.ts';
import { Refresher } from '../../system/refresher.ts';
import type { Board } from '../facts/board.ts';
import type { Vm } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';
import { OURS } from './domain.ts';
import { nameIn } from './guest.ts';
import { whyNotRunning } from './why.ts';

/** Modular daemons first; where only the old one is, its socket. Looking is all that is needed. */
export const LIBVIRT_SOCKETS = ['/run/libvirt/virtqemud-sock-ro', '/run/libvirt/libvirt-sock-ro'];

/** The VMs of this node by libvirt's events. While it is away the last list is stale: the VMs themselves live on. */
export function vmsSupplier(board: Board, sockets: readonly string[]): Supplier & { nudge(): void } {
  const refresher = new Refresher(async () => {
    const link = keeper.link;
    if (link === undefined) return;
    const vms = await link.listDomains().then(
      (domains) => known(domains.map(vmOf).sort((a, b) => byName(a.name, b.name))),
      (thrown) => lost(board.facts.vms, whyOf(thrown), Date.now()),
    );
    board.set('vms', vms);
  });
  const keeper: KeepConnected<Hypervisor> = new KeepConnected({
    socketPath: () => socketOf(sockets),
    connect: () => connect(sockets, () => refresher.ask()),
    onUp: async ({ libvirtVersion, hypervisorVersion }) => {
      setVersions(board, known(libvirtVersion), known(hypervisorVersion));
      await refresher.now();
    },
    onDown: (why) => setDown(board, why),
  });
  // Hot-plugged processors come without an event: a look now and then while watched finds them.
  const read = async () => {
    await keeper.nudge();
    await refresher.now();
  };
  return {
    start: () => keeper.nudge(),
    stop: () => {
      refresher.close();
      keeper.stop();
    },
    polls: [{ every: 15, read }],
    nudge: () => void keeper.nudge(),
  };
}

/** The first that exists, or the last one as the place to wait for. */
const socketOf = (sockets: readonly string[]): string =>
  sockets.find((path) => existsSync(path)) ?? sockets.at(-1) ?? '';

async function connect(sockets: readonly string[], onChange: () => void): Promise<Hypervisor> {
  const path = socketOf(sockets);
  if (!existsSync(path)) throw new Fault('unavailable', say('libvirt is not running', 'libvirt 未运行'));
  return openHypervisor(path, OURS, onChange);
}

function setVersions(board: Board, libvirt: Versions['libvirt'], qemu: Versions['qemu']): void {
  board.set('virtualization', { ...board.facts.virtualization, libvirt, qemu });
}

type Versions = Board['facts']['virtualization'];

function setDown(board: Board, why: Words): void {
  const { virtualization, vms } = board.facts;
  board.set('vms', lost(vms, why, Date.now()));
  setVersions(
    board,
    lost(virtualization.libvirt, why, Date.now()),
    lost(virtualization.qemu, why, Date.now()),
  );
}

/** virDomainState by number; 0 is "no state". */
const STATES: readonly Vm['state'][] = [
  'unknown',
  'running',
  'blocked',
  'paused',
  'shuttingDown',
  'stopped',
  'crashed',
  'suspended',
];

function vmOf({ uuid, name, state = 0, reason = 0, vcpus, memory, metadata }: DomainRecord): Vm {
  const why = whyNotRunning(state, reason);
  return {
    uuid,
    name: (metadata === undefined ? undefined : nameIn(metadata)) ?? name,
    ...(metadata === undefined ? {} : { ours: true }),
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(memory === undefined ? {} : { memory }),
    state: STATES[state] ?? 'unknown',
    ...(why === undefined ? {} : { why }),
  };
}
