import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { serial } from '../../system/serial.ts';

const member = z.object({
  /** Uuid of this host in its cluster. */
  host: z.string().regex(/^[0-9a-f]{32}$/),
  /** Of the management node, as a person gave it. */
  address: z.string(),
  port: z.int(),
  /** Where else it answers, as it has told. */
  others: z.array(z.string()).optional(),
  /** PEM: the cluster's authority, this host's key, and its certificate. */
  authority: z.string(),
  key: z.string(),
  certificate: z.string(),
  /** Wall time in milliseconds since 1970. */
  joined: z.number(),
});

/** That this node belongs to a cluster, and how it proves so. */
export type Member = z.infer<typeof member>;

const FILE_LIMIT = 64 * 1024;

/** What this node keeps of its cluster, in one file: after a power cut it has joined or has not. */
export class Membership {
  readonly #folder: string;
  readonly #inTurn = serial();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws `failed` for a file that makes no sense. */
  async read(): Promise<Member | undefined> {
    const text = await readText(this.#path, FILE_LIMIT);
    if (text === undefined) return undefined;
    try {
      return member.parse(JSON.parse(text));
    } catch (cause) {
      const words = say(`${this.#path} makes no sense`, `${this.#path} 内容有误`);
      throw new Fault('failed', words, { cause, next: say('leave and join again', '请退出后重新加入') });
    }
  }

  /** Changes what is kept, one change after the other. @param change answers undefined where nothing is to be written */
  change(change: (member: Member) => Member | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.read();
      const after = before === undefined ? undefined : change(before);
      if (after !== undefined) await this.keep(after);
    });
  }

  async keep(whole: Member): Promise<void> {
    await ensureFolder(this.#folder);
    await writeWhole(this.#path, JSON.stringify(whole));
  }

  async forget(): Promise<void> {
    await rm(this.#path, { force: true });
    await rm(this.#draft, { force: true });
  }

  /** The key of a join that is under way: tried again it is the same, so that the token is not used up twice. */
  async draftKey(make: () => string): Promise<string> {
    const known = await readText(this.#draft, FILE_LIMIT);
    if (known !== undefined) return known;
    const key = make();
    await ensureFolder(this.#folder);
    await writeWhole(this.#draft, key);
    return key;
  }

  /** Whether a join is under way. */
  async hasDraft(): Promise<boolean> {
    return (await readText(this.#draft, FILE_LIMIT)) !== undefined;
  }

  async forgetDraft(): Promise<void> {
    await rm(this.#draft, { force: true });
  }

  get #path(): string {
    return join(this.#folder, 'member.json');
  }

  get #draft(): string {
    return join(this.#folder, 'key.pem');
  }
}
