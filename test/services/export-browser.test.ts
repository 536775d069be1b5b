import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportServer } from '../../src/export/serve.ts';
import { collect } from '../../src/node/logs/collect.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { Browser, hasBrowser } from './browser.ts';
import { openFolder, until } from './servers.ts';

const root = openFolder('export-browser-');
const layout = layoutOf(root);
const server = exportServer({ root: layout.exports });
const LOG =
  'first line\nlogin with password=zqSecret by 中文\n<b>no tag</b><script>document.title="ran"</script>\nlast line\n';
let address = '';
let archive = '';
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  for (const folder of [layout.logs, layout.systemLogs]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(layout.logs, 'management-server.log'), LOG);
  symlinkSync('/etc/passwd', join(layout.logs, 'linked.log'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service = {
    standing: async () => 'running' as const,
    start: async () => undefined,
    stop: async () => undefined,
    restart: async () => undefined,
  };
  const done = await collect(
    {
      role: 'management',
      version: '2.2.0',
      layout,
      exports: layout.exports,
      mounts: root,
      service,
      address: async () => '127.0.0.1',
    },
    {
      span: 'hour',
      full: false,
      threads: false,
      hours: 1,
      signal: new AbortController().signal,
      progress: () => {},
    },
  );
  archive = done.path;
  address = done.url.state === 'known' ? done.url.value.replace(':8090', `:${port}`) : '';
  browser = await Browser.start();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await browser?.end();
  rmSync(root, { recursive: true });
});

test.skipIf(!hasBrowser)(
  'a browser walks through the folders to a log and reads it, its secrets masked',
  async () => {
    await browser.open(address);
    expect(await browser.text()).toContain('Download all');
    await browser.follow('management-node-127.0.0.1/');
    await browser.see(`document.body.innerText.includes('host_info/')`);
    for (const name of [...layout.logs.split('/').slice(1), 'management-server.log']) {
      const link = name.endsWith('.log') ? name : `${name}/`;
      await until(async () =>
        (await browser.evaluate<boolean>(
          `[...document.querySelectorAll('a')].some((one) => one.textContent === ${JSON.stringify(link)})`,
        ))
          ? true
          : undefined,
      );
      expect(await browser.text()).not.toContain('linked.log');
      await browser.follow(link);
    }
    await browser.see(`document.body.innerText.includes('last line')`);
    const text = await browser.text();
    expect(text).toContain('password=*** by 中文');
    expect(text).toContain('<b>no tag</b><script>');
    expect(text).not.toContain('zqSecret');
    expect(await browser.evaluate<string>('document.title')).not.toBe('ran');
  },
);

test.skipIf(!hasBrowser)('Download all saves the archive, byte for byte, and it unpacks', async () => {
  await browser.open(address);
  await browser.follow('Download all');
  const saved = await until(async () =>
    readdirSync(browser.downloads).find((name) => name.endsWith('.tar.gz')),
  );
  expect(saved).toMatch(/^collect-log-2\.2\.0-[\d_-]+\.tar\.gz$/);
  const whole = readFileSync(archive);
  await until(async () =>
    readFileSync(join(browser.downloads, saved)).length === whole.length ? true : undefined,
  );
  expect(readFileSync(join(browser.downloads, saved)).equals(whole)).toBe(true);
  const listed = execFileSync('tar', ['-tzf', join(browser.downloads, saved)], { encoding: 'utf8' });
  expect(listed).toContain('management-server.log');
});

test.skipIf(!hasBrowser)('an address that has ended shows nothing of what was there', async () => {
  await browser.open(address.replace(/[^/]+\/$/, `${'x'.repeat(22)}/`));
  expect(await browser.text()).toContain('not here, or not any more');
});
