import type { Kysely, Migration, MigrationProvider } from 'kysely';

/**
 * Each is made in the order of its name, and never changed afterwards. Statements stay by themselves, whatever comes of
 * the rest: a power cut before it is noted that a migration is made has it made again, over what is there already.
 */
const MIGRATIONS: Record<string, Migration> = {
  '0001-nodes-and-settings': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('management_node')
        .ifNotExists()
        .addColumn('uuid', 'varchar(36)', (column) => column.primaryKey())
        .addColumn('address', 'varchar(255)', (column) => column.notNull())
        .addColumn('version', 'varchar(64)', (column) => column.notNull())
        .addColumn('started', 'bigint', (column) => column.notNull())
        .addColumn('heartbeat', 'bigint', (column) => column.notNull())
        .execute();
      await database.schema
        .createTable('setting')
        .ifNotExists()
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('name', 'varchar(190)', (column) => column.notNull().unique())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '0002-nodes-as-resources': {
    // Its rows live as long as their processes; the definition makes the table anew.
    async up(database: Kysely<unknown>) {
      await database.schema.dropTable('management_node').ifExists().execute();
    },
  },
};

export const MIGRATION_PROVIDER: MigrationProvider = { getMigrations: async () => MIGRATIONS };
