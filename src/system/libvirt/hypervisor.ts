import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { LibvirtConnection } from './connection.ts';
import { type DomainRecord, readDomains } from './domains.ts';
import { AUTH, EVENT, OPEN_READ_ONLY, PROCEDURE, STATS, STATS_NOWAIT } from './protocol.ts';
import { XdrWriter } from './xdr.ts';

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
    const target = new XdrWriter().optional((writer) => writer.string('qemu:///system')).uint(OPEN_READ_ONLY);
    await connection.call(PROCEDURE.connectOpen, target.end());
    const [libvirt, hypervisor] = await Promise.all([
      readVersion(connection, PROCEDURE.connectGetLibVersion),
      readVersion(connection, PROCEDURE.connectGetVersion),
      register(connection, EVENT.lifecycle),
      register(connection, EVENT.balloonChange),
    ]);
    return {
      libvirtVersion: libvirt,
      hypervisorVersion: hypervisor,
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
  const types = (await connection.call(PROCEDURE.authList)).list((reader) => reader.int());
  if (types.includes(AUTH.none)) return;
  if (!types.includes(AUTH.polkit))
    throw new Fault('refused', say('libvirt wants a log-in', 'libvirt 要求登录'));
  await connection.call(PROCEDURE.authPolkit);
}

/** libvirt packs 9.1.2 as 9001002. */
async function readVersion(connection: LibvirtConnection, procedure: number): Promise<string> {
  const packed = Number((await connection.call(procedure)).unsignedHyper());
  return [Math.floor(packed / 1e6), Math.floor(packed / 1000) % 1000, packed % 1000].join('.');
}

async function register(connection: LibvirtConnection, event: number): Promise<void> {
  await connection.call(PROCEDURE.eventRegister, new XdrWriter().uint(event).optional().end());
}

async function listDomains(connection: LibvirtConnection): Promise<DomainRecord[]> {
  const everyDomain = 0;
  const args = new XdrWriter()
    .uint(everyDomain)
    .uint(STATS.state | STATS.balloon | STATS.vcpu)
    .uint(STATS_NOWAIT);
  return readDomains(await connection.call(PROCEDURE.getAllDomainStats, args.end()));
}
