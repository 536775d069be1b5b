import type { Fault } from '../../api/fault.ts';
import { PROCEDURE } from './codecs.gen.ts';
import type { LibvirtConnection } from './connection.ts';
import { type DomainRecord, recordOf } from './domains.ts';
import { openQemu, register } from './open.ts';
import { EVENT_ID, OPEN_READ_ONLY, STATS, STATS_NOWAIT } from './protocol.ts';

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
  const connection = await openQemu(socketPath, OPEN_READ_ONLY, onChange);
  try {
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

/** libvirt packs 9.1.2 as 9001002. */
const version = (packed: bigint): string =>
  [packed / 1_000_000n, (packed / 1000n) % 1000n, packed % 1000n].join('.');

async function listDomains(connection: LibvirtConnection): Promise<DomainRecord[]> {
  const everyDomain = { doms: [], stats: STATS.state | STATS.balloon | STATS.vcpu, flags: STATS_NOWAIT };
  const { retStats } = await connection.call(PROCEDURE.connectGetAllDomainStats, everyDomain);
  return retStats.map(recordOf);
}
