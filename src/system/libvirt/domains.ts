import type { ValueOf } from './codec.ts';
import type { PROCEDURE } from './codecs.gen.ts';

/** One domain as bulk statistics tell it. A figure is undefined where the daemon left it out. */
export interface DomainRecord {
  /** With dashes. */
  uuid: string;
  name: string;
  /** virDomainState: 1 running, 3 paused, 5 shut off, ... */
  state: number | undefined;
  /** How it came to it, by the state's own enumeration (virDomainShutoffReason, ...). */
  reason: number | undefined;
  vcpus: number | undefined;
  /** Most memory that the guest may have, in bytes. */
  memory: number | undefined;
  /** The element that was asked for of its metadata, as XML. */
  metadata?: string;
}

type Statistics = ValueOf<typeof PROCEDURE.connectGetAllDomainStats.result>['retStats'][number];

export function recordOf({ dom, params }: Statistics): DomainRecord {
  const figures = new Map(params.map(({ field, value }) => [field, Number(value.value)]));
  const kibibytes = figures.get('balloon.maximum');
  return {
    uuid: formatUuid(dom.uuid),
    name: dom.name,
    state: figures.get('state.state'),
    reason: figures.get('state.reason'),
    vcpus: figures.get('vcpu.current'),
    memory: kibibytes === undefined ? undefined : kibibytes * 1024,
  };
}

const formatUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
