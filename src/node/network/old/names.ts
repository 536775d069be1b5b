/** A NIC's name as udev was told to give it. */
export interface GivenName {
  mac: string;
  name: string;
}

/** What a rule that names a NIC by its hardware address may ask for besides: true of every NIC that has the address. */
const PLAIN =
  /^(SUBSYSTEM=="net"|ACTION=="add"|DRIVERS=="\?\*"|ATTR\{type\}=="1"|ATTR\{dev_id\}=="0x0"|KERNEL=="(?:eth\*|\*)"|(?:ATTR|SYSFS)\{address\}=="([0-9A-Fa-f:]{17})"|NAME:?="([^"%$\s/]{1,15})")$/;

/** The names that `70-persistent-net.rules` gives by hardware address, or the first rule that is another one. */
export function parseNameRules(text: string): GivenName[] | string {
  const found: GivenName[] = [];
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    const rule = line.trim();
    if (rule === '' || rule.startsWith('#')) continue;
    const given = givenBy(rule);
    if (given === undefined) return rule;
    found.push(given);
  }
  return found;
}

function givenBy(rule: string): GivenName | undefined {
  const parts = rule.split(/,\s*/).filter((part) => part !== '');
  const matches = parts.map((part) => PLAIN.exec(part.trim()));
  if (!matches.every((match) => match !== null)) return undefined;
  const mac = matches.map((match) => match[2]).find((text) => text !== undefined);
  const name = matches.map((match) => match[3]).find((text) => text !== undefined);
  return mac === undefined || name === undefined ? undefined : { mac: mac.toLowerCase(), name };
}
