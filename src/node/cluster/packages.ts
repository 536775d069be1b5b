import type { Readable } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type Installed, type PackageOffer, type PackageSource, packageOffer } from '../follow/schema.ts';
import type { OwnLines } from './own-lines.ts';

/** Packages of the management node, over lines with the certificates of the link. */
export const linkPackages = (lines: OwnLines): PackageSource => ({
  async offer({ format, names }: Installed, version?: string): Promise<PackageOffer> {
    const wanted = { format, names: names.join(','), ...(version === undefined ? {} : { version }) };
    const offered = packageOffer.safeParse(
      await lines.ask('GET', `/packages?${new URLSearchParams(wanted)}`),
    );
    if (offered.success) return offered.data;
    throw strange(offered.error.issues[0]?.path.join('.') || 'all of it');
  },
  open: (file, signal): Promise<Readable> => lines.open(`/packages/${file}`, 0, signal),
  async takeTurn() {
    await lines.ask('POST', '/packages/turn');
  },
});

/** Root installs what comes of it: what is no offer is not taken for one. */
const strange = (field: string): Fault =>
  new Fault(
    'failed',
    say(
      `the management node offers packages in a strange way: ${field}`,
      `管理节点提供的软件包信息异常：${field}`,
    ),
  );
