import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import { text } from '../../../src/management/define/fields.ts';
import { type TablesOf, table } from '../../../src/management/define/table.ts';
import { flow, type Step } from '../../../src/management/jobs/flow.ts';

/** What the steps write into the store. */
export const made = table('made', { name: text(64) }, { key: ['name'] });
export const rowsOf = (database: Kysely<object>) => database.withTables<TablesOf<typeof made>>();

interface Context {
  keys: Record<string, string>;
}

const NAMES = ['one', 'two', 'three'];

/** A world outside of the store: a file for each thing that was made, with the key that it was made for. */
export class Outside {
  readonly folder: string;
  /** Called at every place where a service may be killed. */
  readonly #at: () => void;

  constructor(folder: string, at: () => void = () => {}) {
    this.folder = join(folder, 'outside');
    mkdirSync(this.folder, { recursive: true });
    this.#at = at;
  }

  get things(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** Three steps that make a thing each; with `fails` the last one cannot. */
  flow(name: 'whole' | 'fails') {
    const steps = NAMES.map(
      (thing): Step<Context> => this.#step(thing, name === 'fails' && thing === 'three'),
    );
    return flow<Context>({ name, steps, answer: ({ keys }) => ({ made: Object.keys(keys) }) });
  }

  #step(name: string, fails: boolean): Step<Context> {
    const path = join(this.folder, name);
    const around = async (work: () => unknown) => {
      this.#at();
      await work();
      this.#at();
    };
    return {
      name,
      run: async ({ keys }, { key }) => {
        await around(() => this.#make(path, key));
        if (fails) throw new Fault('failed', same('three cannot be made'));
        return { keys: { ...keys, [name]: key } };
      },
      record: (database) => around(() => rowsOf(database).insertInto('made').values({ name }).execute()),
      undo: () => around(() => rmSync(path, { force: true })),
      forget: (database) =>
        around(() => rowsOf(database).deleteFrom('made').where('name', '=', name).execute()),
    };
  }

  /** Once for a key; for another one it would be a second thing. */
  #make(path: string, key: string): void {
    if (existsSync(path) && readFileSync(path, 'utf8') !== key) throw new Error(`made twice: ${path}`);
    writeFileSync(path, key);
  }
}
