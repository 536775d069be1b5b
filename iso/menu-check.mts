import path from 'node:path';
import type { Base } from './base.mts';

/** What each of the three entries tells the kernel. */
const WAYS = {
  graphical: /\bquiet\b/,
  remote: /\binst\.(vnc|rdp)\b/,
  text: /\binst\.text\b.*\bconsole=ttyS0,115200n8/,
};

/**
 * What is wrong with a boot menu: its default is not the first entry, a way to install is missing, the medium is looked
 * for by another label, or a kernel is not where it is looked for. @param name path of the menu on the image
 */
export function menuProblems(text: string, name: string, { volume, files }: Base): string[] {
  const found: string[] = [];
  const commands = text.split('\n').filter((line) => /^\s*(linux\w*|append)\s/.test(line));
  const [first = '', ...more] = commands;
  if (!WAYS.graphical.test(first) || WAYS.remote.test(first))
    found.push('its first entry is not the graphical installation');
  if (!more.some((line) => WAYS.remote.test(line))) found.push('it has no remote installation');
  if (!more.some((line) => WAYS.text.test(line)))
    found.push('it has no installation as text on a serial line');
  if (/menuentry/.test(text) ? !/^set default="0"$/m.test(text) : !/menu default\n\s*kernel/.test(text))
    found.push('its default is not the first entry');
  for (const label of labels(text))
    if (label !== volume.label) found.push(`it looks for the label ${label}, the image has ${volume.label}`);
  const folder = /menuentry/.test(text) ? '' : path.posix.dirname(name);
  for (const kernel of new Set(kernels(text))) {
    const place = kernel.startsWith('/') ? kernel.slice(1) : path.posix.join(folder, kernel);
    if (!files.has(place)) found.push(`${place} is not there`);
  }
  return found;
}

function labels(text: string): Set<string> {
  const told = [
    ...text.matchAll(/hd:LABEL=(\S+)/g),
    ...text.matchAll(/^\s*search\b.*?(?:-l|--label)\s+'?([^'\s]+)/gm),
  ];
  return new Set(told.map((match) => match[1] ?? ''));
}

function kernels(text: string): string[] {
  const told = [
    ...text.matchAll(/^\s*(?:linux\w*|initrd\w*|kernel)\s+(\S+)/gm),
    ...text.matchAll(/\binitrd=(\S+)/g),
  ];
  return told.map((match) => match[1] ?? '').filter((name) => !name.endsWith('.c32'));
}
