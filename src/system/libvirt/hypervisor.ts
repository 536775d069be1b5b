import type { Fault } from '../../api/fault.ts';
import { EVENT, PROCEDURE } from './codecs.gen.ts';
import type { EventMessage, LibvirtConnection } from './connection.ts';
import { type DomainRecord, recordOf } from './domains.ts';
import { metadataOf } from './metadata.ts';
import { openQemu, register } from './open.ts';
import { EVENT_ID, LIFECYCLE, OPEN_READ_ONLY, STATS, STATS_NOWAIT } from './protocol.ts';

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
 * @param namespace of the element in their metadata that is told with them
 */
export async function openHypervisor(
  socketPath: string,
  namespace: string,
  onChange: () => void,
): Promise<Hypervisor> {
  const known: Known = new Map();
  const connection = await openQemu(socketPath, OPEN_READ_ONLY, (message) => {
    forgetChanged(known, message);
    onChange();
  });
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
      listDomains: () => listDomains(connection, namespace, known),
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

/** Metadata by domain: read once, since a domain's only changes with its definition. */
type Known = Map<string, Promise<string | undefined>>;

function forgetChanged(known: Known, { number, body }: EventMessage): void {
  const { domainEventCallbackLifecycle: lifecycle } = EVENT;
  if (number !== lifecycle.number) return;
  const { dom, event } = lifecycle.body.read(body).msg;
  if (event === LIFECYCLE.defined || event === LIFECYCLE.undefined) known.delete(dom.uuid.toString('hex'));
}

async function listDomains(
  connection: LibvirtConnection,
  namespace: string,
  known: Known,
): Promise<DomainRecord[]> {
  const everyDomain = { doms: [], stats: STATS.state | STATS.balloon | STATS.vcpu, flags: STATS_NOWAIT };
  const { retStats } = await connection.call(PROCEDURE.connectGetAllDomainStats, everyDomain);
  return Promise.all(
    retStats.map(async (each) => {
      const uuid = each.dom.uuid.toString('hex');
      const asked = known.get(uuid) ?? metadataOf(connection, each.dom, namespace);
      known.set(uuid, asked);
      const metadata = await asked.catch(() => {
        known.delete(uuid);
        return undefined;
      });
      return { ...recordOf(each), ...(metadata !== undefined && { metadata }) };
    }),
  );
}
