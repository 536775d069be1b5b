import { PARAMETER } from './protocol.ts';
import type { XdrReader } from './xdr.ts';

/** One domain as bulk statistics tell it. A figure is undefined where the daemon left it out. */
export interface DomainRecord {
  /** With dashes. */
  uuid: string;
  name: string;
  /** virDomainState: 1 running, 3 paused, 5 shut off, ... */
  state: number | undefined;
  vcpus: number | undefined;
  /** Most memory that the guest may have, in bytes. */
  memory: number | undefined;
}

/** Takes the answer of bulk statistics apart. */
export const readDomains = (reader: XdrReader): DomainRecord[] => reader.list(readDomain);

function readDomain(reader: XdrReader): DomainRecord {
  const name = reader.string();
  const uuid = formatUuid(reader.opaque(16));
  reader.int();
  const figures = new Map(reader.list(readParameter));
  const kibibytes = figures.get('balloon.maximum');
  return {
    uuid,
    name,
    state: figures.get('state.state'),
    vcpus: figures.get('vcpu.current'),
    memory: kibibytes === undefined ? undefined : kibibytes * 1024,
  };
}

const formatUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Name and number; a text value is read over and reads NaN, since none of our figures is one. */
function readParameter(reader: XdrReader): [string, number] {
  const field = reader.string();
  return [field, readValue(reader, reader.int())];
}

function readValue(reader: XdrReader, type: number): number {
  switch (type) {
    case PARAMETER.int:
    case PARAMETER.boolean:
      return reader.int();
    case PARAMETER.uint:
      return reader.uint();
    case PARAMETER.llong:
      return Number(reader.hyper());
    case PARAMETER.ullong:
      return Number(reader.unsignedHyper());
    case PARAMETER.double:
      return reader.double();
    case PARAMETER.string:
      reader.string();
      return Number.NaN;
    default:
      throw new RangeError(`a parameter of unknown type ${type}`);
  }
}
