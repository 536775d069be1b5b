import type { Row } from './path.ts';
import type { Share } from './share.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25em .75em;border-bottom:1px solid #ddd}
td.n{text-align:right;font-variant-numeric:tabular-nums}a.whole{font-weight:bold}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8bf}td,th{border-color:#333}}`;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (raw: string): string => raw.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

/** `1234567` as `1.2 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** The page of a folder. `names` lead to it from the share. */
export function folderPage(share: Share, names: readonly string[], rows: readonly Row[]): string {
  const title = text([share.title, ...names].join(' / '));
  const whole =
    share.whole === undefined || names.length > 0
      ? ''
      : `<p><a class="whole" href="${encodeURIComponent(share.whole)}" download>Download all</a></p>`;
  const up = names.length > 0 ? '<tr><td><a href="../">..</a></td><td></td><td></td></tr>' : '';
  const until = new Date(share.expires).toISOString().slice(0, 16).replace('T', ' ');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>
<h1>${title}</h1>${whole}<table><tr><th>Name</th><th>Size</th><th>Changed</th></tr>${up}
${rows.map(rowHtml).join('\n')}</table>
<p>This address ends at ${until} UTC.</p></body></html>\n`;
}

function rowHtml({ name, folder, size, changed }: Row): string {
  const href = `${encodeURIComponent(name)}${folder ? '/' : ''}`;
  const when = changed.toISOString().slice(0, 19).replace('T', ' ');
  return `<tr><td><a href="${href}">${text(name)}${folder ? '/' : ''}</a></td><td class="n">${folder ? '' : sizeText(size)}</td><td>${when}</td></tr>`;
}
