import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { PROCEDURE } from './codecs.gen.ts';
import { LibvirtConnection } from './connection.ts';
import { type DomainRecord, recordOf } from './domains.ts';
import { AUTH, EVENT_ID, OPEN_READ_ONLY, STATS, STATS_NOWAIT } from './protocol.ts';

/** The hypervisor of this node, opened for looking only. */
export interface Hypervisor {
  /** Such as `9.0.0`. */
  readonly libvirtVersion: string;
  /** QEMU's. */
  readonly hypervisorVersion: string;
  /** Every domain, defined or running. One that is busy gives what it can without being waited for. */
  listDomains(): Promise<DomainRecord[]>;
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<Fault>;
  close(): void;
}

/**
 * Opens `qemu:///system` through one of the daemon's sockets. `onChange` is called for each event that a domain began,
 * ended or changed; what changed is to be read with `listDomains`.
 */
export async function openHypervisor(socketPath: string, onChange: () => void): Promise<Hypervisor> {
  const connection = await LibvirtConnection.open(socketPath, onChange);
  try {
    await authenticate(connection);
    await connection.call(PROCEDURE.connectOpen, { name: 'qemu:///system', flags: OPEN_READ_ONLY });
    const [libvirt, hypervisor] = await Promise.all([
      connection.call(PROCEDURE.connectGetLibVersion, undefined),
      connection.call(PROCEDURE.connectGetVersion, undefined),
      register(connection, EVENT_ID.lifecycle),
      register(connection, EVENT_ID.balloonChange),
    ]);
    return {
      libvirtVersion: version(libvirt.libVer),
      hypervisorVersion: version(hypervisor.hvVer),
      listDomains: () => listDomains(connection),
      closed: connection.closed,
      close: () => connection.close(),
    };
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** Asking for the list lets root in by itself; others are let in by polkit's rule for looking. */
async function authenticate(connection: LibvirtConnection): Promise<void> {
  const { types } = await connection.call(PROCEDURE.authList, undefined);
  if (types.includes(AUTH.none)) return;
  if (!types.includes(AUTH.polkit))
    throw new Fault('refused', say('libvirt wants a log-in', 'libvirt 要求登录'));
  await connection.call(PROCEDURE.authPolkit, undefined);
}

/** libvirt packs 9.1.2 as 9001002. */
const version = (packed: bigint): string =>
  [packed / 1_000_000n, (packed / 1000n) % 1000n, packed % 1000n].join('.');

async function register(connection: LibvirtConnection, event: number): Promise<void> {
  const everyDomain = undefined;
  await connection.call(PROCEDURE.connectDomainEventCallbackRegisterAny, {
    eventID: event,
    dom: everyDomain,
  });
}

async function listDomains(connection: LibvirtConnection): Promise<DomainRecord[]> {
  const everyDomain = { doms: [], stats: STATS.state | STATS.balloon | STATS.vcpu, flags: STATS_NOWAIT };
  const { retStats } = await connection.call(PROCEDURE.connectGetAllDomainStats, everyDomain);
  return retStats.map(recordOf);
}
