import type { Readable } from 'node:stream';
import type { Installed, PackageOffer, PackageSource } from '../follow/schema.ts';
import type { OwnLines } from './own-lines.ts';

/** Packages of the management node, over lines with the certificates of the link. */
export const linkPackages = (lines: OwnLines): PackageSource => ({
  async offer({ format, names }: Installed, version?: string): Promise<PackageOffer> {
    const wanted = { format, names: names.join(','), ...(version === undefined ? {} : { version }) };
    return (await lines.ask('GET', `/packages?${new URLSearchParams(wanted)}`)) as PackageOffer;
  },
  open: (file, signal): Promise<Readable> => lines.open(`/packages/${file}`, 0, signal),
  async takeTurn() {
    await lines.ask('POST', '/packages/turn');
  },
});
