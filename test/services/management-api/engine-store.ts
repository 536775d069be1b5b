import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '../../../src/management/define/table.ts';
import { openStore, type Store } from '../../../src/management/store/store.ts';
import { ensureTables } from '../../../src/management/store/tables.ts';
import { MariadbServer } from '../servers.ts';
import type { Engine } from './world.ts';

/** A store of its own with some tables, on either engine. */
export class EngineStore {
  readonly store: Store;
  readonly folder: string;
  readonly #server: MariadbServer | undefined;

  private constructor(store: Store, folder: string, server: MariadbServer | undefined) {
    this.store = store;
    this.folder = folder;
    this.#server = server;
  }

  static async open(engine: Engine, tables: readonly Table[]): Promise<EngineStore> {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    const server = engine === 'MariaDB' ? await database() : undefined;
    const store = await openStore(folder, server === undefined ? undefined : loginOf(server));
    await ensureTables(store.tables, store.kind, tables);
    return new EngineStore(store, folder, server);
  }

  /** How the store is reached; undefined where it is embedded. */
  get login() {
    return this.#server === undefined ? undefined : loginOf(this.#server);
  }

  async end(): Promise<void> {
    await this.store.close();
    await this.#server?.remove();
    rmSync(this.folder, { recursive: true });
  }
}

const loginOf = ({ port }: MariadbServer) => ({ host: '127.0.0.1', port, user: 'zstack' });

async function database(): Promise<MariadbServer> {
  const server = await MariadbServer.create();
  using root = await server.root();
  await root.query('CREATE DATABASE zstack');
  for (const host of ['localhost', '127.0.0.1']) {
    await root.query('CREATE USER ?@?', ['zstack', host]);
    await root.query('GRANT ALL ON zstack.* TO ?@?', ['zstack', host]);
  }
  return server;
}
