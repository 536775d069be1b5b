/** The value of a key in a section, undefined without one. */
export function iniValue(text: string, section: string, key: string): string | undefined {
  const body = text.split(/^\[/m).find((part) => part.startsWith(`${section}]`));
  return body?.match(new RegExp(`^${escaped(key)}\\s*=\\s*(.*)$`, 'm'))?.[1]?.trim();
}

/** The text with that value, everything else as it was; a section or key that is not there is added. */
export function withValue(text: string, section: string, key: string, value: string): string {
  const parts = text.split(/^(?=\[)/m);
  const at = parts.findIndex((part) => part.startsWith(`[${section}]`));
  if (at === -1) return `${text.trimEnd()}\n\n[${section}]\n${key} = ${value}\n`;
  const part = parts[at] ?? '';
  const line = new RegExp(`^${escaped(key)}\\s*=.*$`, 'm');
  parts[at] = line.test(part)
    ? part.replace(line, () => `${key} = ${value}`)
    : part.replace(/\n*$/, (end) => `\n${key} = ${value}${end}`);
  return parts.join('');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
