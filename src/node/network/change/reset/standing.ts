import type { LinkRecord } from '../../../../system/iproute.ts';

/** Bonds and bridges that the link is a port of, the VLANs on it, and all that stands on those: the highest first. */
export function standingOn(records: readonly LinkRecord[], name: string): LinkRecord[] {
  const found: LinkRecord[] = [];
  const names = new Set([name]);
  for (let before = 0; before < names.size; ) {
    before = names.size;
    for (const record of records) {
      const isController = records.some(
        ({ ifname, master }) => names.has(ifname) && master === record.ifname,
      );
      const isVlan = record.linkinfo?.info_kind === 'vlan' && names.has(record.link ?? '');
      if ((!isController && !isVlan) || names.has(record.ifname)) continue;
      names.add(record.ifname);
      found.unshift(record);
    }
  }
  return found;
}
