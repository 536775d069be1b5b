/** Settings of one ifcfg file, by their names in capitals. */
export type Ifcfg = Record<string, string>;

/** Reads `KEY=value`, `KEY="value"` and `KEY='value'`; comments and what is no assignment are left out. */
export function parseIfcfg(text: string): Ifcfg {
  const found: Ifcfg = {};
  for (const line of text.split('\n')) {
    const [, key, rest] = /^\s*(?:export\s+)?([A-Za-z][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && rest !== undefined) found[key.toUpperCase()] = unquoted(rest.trim());
  }
  return found;
}

function unquoted(text: string): string {
  const quote = /^(["'])(.*?)\1/.exec(text);
  if (quote?.[2] !== undefined) return quote[2];
  return text.replace(/\s+#.*$/, '');
}

export const isYes = (text: string | undefined): boolean => /^(yes|y|true|t|on|1)$/i.test(text ?? '');
export const isNo = (text: string | undefined): boolean => /^(no|n|false|f|off|0)$/i.test(text ?? '');

/** `IPADDR`, `IPADDR0`, `IPADDR1`, ...: the suffixes that are there. */
export const suffixesOf = (settings: Ifcfg, key: string): string[] =>
  ['', ...Array.from({ length: 256 }, (_, at) => String(at))].filter(
    (suffix) => (settings[`${key}${suffix}`] ?? '') !== '',
  );

/** Names that the initscripts themselves pass over: editors' and packages' leftovers. */
export const isIgnored = (name: string): boolean =>
  name === 'ifcfg-lo' || /(~|\.bak|\.old|\.orig|\.rpm(save|new|orig)|\.swp)$/.test(name);
