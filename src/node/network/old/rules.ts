/** A NIC's name as udev was told to give it. */
export interface GivenName {
  mac: string;
  name: string;
}

/** From `70-persistent-net.rules`: the names that are given by hardware address. Rules of another kind are left out. */
export function parseNameRules(text: string): GivenName[] {
  const rules = text.replaceAll('\\\n', ' ').split('\n');
  return rules.flatMap((rule) => {
    if (rule.trimStart().startsWith('#') || !/SUBSYSTEM=="net"/.test(rule)) return [];
    const mac = /(?:ATTR|SYSFS)\{address\}=="([0-9A-Fa-f:]{17})"/.exec(rule)?.[1]?.toLowerCase();
    const name = /(?:^|[,\s])NAME:?="([^"%$]{1,15})"/.exec(rule)?.[1];
    return mac === undefined || name === undefined ? [] : [{ mac, name }];
  });
}
