import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Browser, hasBrowser, LIT } from '../browser.ts';
import { until } from '../servers.ts';
import { KeyGuest } from './guest.ts';
import { ProxyWorld } from './world.ts';

let world: ProxyWorld;
let browser: Browser;
let guest: KeyGuest;

beforeAll(async () => {
  world = await ProxyWorld.start();
  browser = await Browser.start();
});
afterAll(async () => {
  await browser.end();
  await world.end();
});

const STATUS = `document.getElementById('status').textContent`;

async function opened(password?: string): Promise<void> {
  guest = await KeyGuest.start(password);
  world.screen = guest.screen;
  await browser.open(`${world.url}/${world.token()}/`);
}
beforeEach(() => () => guest.end());

test.runIf(hasBrowser)('the screen of a real guest is seen, and keys typed reach it', async () => {
  await opened();
  await browser.see(`${STATUS} === 'connected'`);
  expect(await browser.evaluate('document.title')).toBe('web & <db>');
  await browser.see(`${LIT} > 500`);
  const before = await browser.evaluate<number>(LIT);
  await until(async () => {
    await browser.press('z');
    return guest.keys.includes('z') || undefined;
  });
  await browser.press('s');
  await until(async () => guest.keys.endsWith('s') || undefined);
  await browser.see(`${LIT} > ${before}`);
});

test.runIf(hasBrowser)('Ctrl+Alt+Del reaches the guest; when it has ended the page says so', async () => {
  await opened();
  await browser.see(`${STATUS} === 'connected'`);
  await until(async () => {
    await browser.evaluate(`document.getElementById('keys').click()`);
    return guest.hasEnded || undefined;
  });
  await browser.see(`${STATUS}.startsWith('the screen has ended')`);
  await browser.see(`!document.getElementById('again').hidden`);
});

test.runIf(hasBrowser)(
  'a console password is asked for; a wrong one is said, and asked for again',
  async () => {
    await opened('Sesam1');
    const give = async (word: string) => {
      await browser.see(`!document.getElementById('ask').hidden`);
      await browser.evaluate(
        `(() => { document.getElementById('password').value = '${word}'; document.getElementById('go').click(); })()`,
      );
    };
    await give('wrong');
    await browser.see(`${STATUS} === 'the console password is wrong'`);
    await browser.evaluate(`document.getElementById('again').click()`);
    await give('Sesam1');
    await browser.see(`${STATUS} === 'connected'`);
    await browser.see(`${LIT} > 500`);
  },
);

test.runIf(hasBrowser)(
  'opened twice, the first window goes and says why; withdrawn, so does the second',
  async () => {
    await opened();
    await browser.see(`${STATUS} === 'connected'`);
    const client = world.client(new URL(await browser.evaluate<string>('location.href')).pathname);
    await browser.see(`${STATUS} === 'opened in another window'`);
    client.terminate();
    await browser.evaluate(`document.getElementById('again').click()`);
    await browser.see(`${STATUS} === 'connected'`);
    world.tickets.withdraw(() => true);
    await browser.see(`${STATUS}.startsWith('this address has ended')`);
  },
);
