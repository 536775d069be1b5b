import { readFile } from 'node:fs/promises';

const HTML = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="console.css">
<script type="module" src="console.js"></script></head><body>
<header><b id="name"></b><span id="status" role="status"></span><span class="keys"><button id="again" hidden></button>
<button id="keys"></button><button id="full"></button></span></header>
<form id="ask" autocomplete="off" hidden><label><span id="asked"></span>
<input id="password" type="password" maxlength="8" autocomplete="off"></label><button id="go"></button></form>
<main id="screen"></main></body></html>
`;

const CSS = `html,body{margin:0;height:100%;background:#000;color:#ddd;font:14px/1.5 system-ui,sans-serif}
body{display:flex;flex-direction:column}
header{display:flex;gap:1em;align-items:center;padding:.25em .75em;background:#1b1f24}
#status{flex:1}
.keys{display:flex;gap:.5em}
main{flex:1;min-height:0}
button,input{font:inherit}
[hidden]{display:none!important}
#ask{padding:1em;display:flex;gap:.75em;justify-content:center;background:#2a3038}
`;

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** All that the proxy hands out, by name; '' is the page itself. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** @param script path of the page's program */
export async function pageFiles(script: string): Promise<PageFiles> {
  return new Map([
    ['', { type: 'text/html; charset=utf-8', body: Buffer.from(HTML) }],
    ['console.css', { type: 'text/css', body: Buffer.from(CSS) }],
    ['console.js', { type: 'text/javascript', body: await readFile(script) }],
  ]);
}
