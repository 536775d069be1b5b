import { setTimeout as sleep } from 'node:timers/promises';

// biome-ignore lint/suspicious/noExplicitAny: whatever the API answers.
export type Told = any;

/** What a program has left behind. */
interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** zstack-cli as a person uses it, wherever it runs. */
export class Cloud {
  readonly #run: (words: readonly string[]) => Promise<Ended>;

  /** @param run zstack-cli with these words, the password of admin at hand */
  constructor(run: (words: readonly string[]) => Promise<Ended>) {
    this.#run = run;
  }

  async cli(...words: string[]): Promise<{ code: number; told: Told; err: string }> {
    const { code, stdout, stderr } = await this.#run(words);
    return { code, told: stdout === '' ? undefined : JSON.parse(stdout), err: stderr };
  }

  /** As `cli`; what it makes or changes. */
  async made(...words: string[]): Promise<Told> {
    const { code, told, err } = await this.cli(...words);
    if (code !== 0) throw new Error(`${words.join(' ')}: ${err}${JSON.stringify(told)}`);
    return told.inventory;
  }

  async found(...words: string[]): Promise<Told[]> {
    const { told, err } = await this.cli(...words);
    if (told?.inventories === undefined) throw new Error(`${words.join(' ')}: ${err}`);
    return told.inventories;
  }

  /** Waits until a query answers what it is to. */
  async until(words: readonly string[], is: (found: Told[]) => boolean, seconds = 90): Promise<Told[]> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const found = await this.found(...words).catch((thrown: Error) => thrown);
      if (Array.isArray(found) && is(found)) return found;
      if (performance.now() > end)
        throw found instanceof Error ? found : new Error(`${words.join(' ')}: ${JSON.stringify(found)}`);
      await sleep(500);
    }
  }
}
