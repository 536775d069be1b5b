import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, until } from './servers.ts';

const PROGRAM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** Whether there is a browser to look with. */
export const hasBrowser = PROGRAM !== undefined;

/** In the page of a VM's screen: how many dots of its picture are lit. A cursor alone is less than 500. */
export const LIT = `(() => { const c = document.querySelector('#screen canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] + d[i + 1] + d[i + 2] > 90) n++; return n; })()`;

interface Reply {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A real browser without a window, driven by its own debugging protocol. Downloads go into `downloads`. */
export class Browser {
  readonly downloads = mkdtempSync(join(tmpdir(), 'browser-downloads-'));
  readonly #profile = mkdtempSync(join(tmpdir(), 'browser-'));
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #socket: WebSocket | undefined;
  #count = 0;

  private constructor() {
    this.#child = spawn(
      PROGRAM ?? 'chromium',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
        ...['--remote-debugging-port=0', `--user-data-dir=${this.#profile}`, 'about:blank'],
      ],
      { stdio: 'ignore' },
    );
  }

  static async start(): Promise<Browser> {
    const browser = new Browser();
    const port = await until(async () => browser.#port());
    const page = await until(async () => {
      const pages = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
        type: string;
        webSocketDebuggerUrl: string;
      }[];
      return pages.find(({ type }) => type === 'page');
    });
    await browser.#connect(page.webSocketDebuggerUrl);
    await browser.#ask('Page.enable');
    await browser.#ask('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: browser.downloads });
    return browser;
  }

  /** Goes to an address, and waits for its page. */
  async open(url: string): Promise<void> {
    await this.#ask('Page.navigate', { url });
    await this.see(`document.readyState === 'complete'`);
  }

  /** Presses the link that reads like this. */
  async follow(text: string): Promise<void> {
    const where = await this.evaluate<string>(
      `(() => { const link = [...document.querySelectorAll('a')].find((one) => one.textContent === ${JSON.stringify(text)}); link.click(); return link.href; })()`,
    );
    if (where === '') throw new Error(`no link ${text}`);
  }

  /** What the person reads. */
  text(): Promise<string> {
    return this.evaluate<string>('document.body.innerText');
  }

  /** Presses one small letter, wherever the keyboard is. */
  async press(letter: string): Promise<void> {
    const upper = letter.toUpperCase();
    const key = { key: letter, code: `Key${upper}`, windowsVirtualKeyCode: upper.charCodeAt(0) };
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyDown', text: letter, ...key });
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }

  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.#ask('Runtime.evaluate', {
      expression,
      returnByValue: true,
    })) as { result: { value: T }; exceptionDetails?: { text: string } };
    if (exceptionDetails !== undefined) throw new Error(`in the browser: ${exceptionDetails.text}`);
    return result.value;
  }

  /** Waits until a condition holds in the page. */
  async see(condition: string, seconds = 90): Promise<void> {
    await until(async () => ((await this.evaluate<boolean>(condition)) ? true : undefined), seconds);
  }

  async end(): Promise<void> {
    this.#socket?.close();
    this.#child.kill('SIGTERM');
    await ended(this.#child);
    // Its other processes end a moment later, and may still be writing.
    const persistent = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
    for (const folder of [this.#profile, this.downloads]) rmSync(folder, persistent);
  }

  #port(): string | undefined {
    const file = join(this.#profile, 'DevToolsActivePort');
    // It is there before anything is in it.
    return (existsSync(file) && readFileSync(file, 'utf8').split('\n')[0]) || undefined;
  }

  async #connect(url: string): Promise<void> {
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id === undefined) return;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
  }

  #ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      this.#socket?.send(JSON.stringify({ id, method, params }));
    });
  }
}
