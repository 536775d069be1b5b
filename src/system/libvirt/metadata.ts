import type { ValueOf } from './codec.ts';
import { PROCEDURE } from './codecs.gen.ts';
import { type LibvirtConnection, LibvirtError } from './connection.ts';
import { ERROR, METADATA_ELEMENT } from './protocol.ts';

/** How libvirt names one domain on the wire. */
export type Domain = ValueOf<typeof PROCEDURE.domainLookupByUuid.result>['dom'];

/** The element of this namespace in a domain's metadata; undefined where it has none, or there is no such domain. */
export async function metadataOf(
  connection: LibvirtConnection,
  dom: Domain,
  namespace: string,
): Promise<string | undefined> {
  const asked = { dom, type: METADATA_ELEMENT, uri: namespace, flags: 0 };
  const found = await connection
    .call(PROCEDURE.domainGetMetadata, asked)
    .catch(no(ERROR.noMetadata, ERROR.noDomain));
  return found?.metadata;
}

/** These errors of libvirt's are an answer: undefined. */
export const no =
  (...codes: number[]) =>
  (thrown: unknown): undefined => {
    if (thrown instanceof LibvirtError && codes.includes(thrown.code)) return undefined;
    throw thrown;
  };
