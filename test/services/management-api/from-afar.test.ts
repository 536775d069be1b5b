import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Calls } from '../../../src/management/calls/calls.ts';
import { imageFiles } from '../../../src/management/images/files.ts';
import { Jobs } from '../../../src/management/jobs/jobs.ts';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { ensureAdmin } from '../../../src/management/resource/account/run.ts';
import { logInByAccount } from '../../../src/management/resource/account/session.ts';
import { findSession } from '../../../src/management/resource/account/sessions.ts';
import { catalogueOf, TABLES } from '../../../src/management/resource/catalogue.ts';
import { ensureSettings } from '../../../src/management/resource/global-config/run.ts';
import { Vault } from '../../../src/management/secrets/vault.ts';
import { openStore } from '../../../src/management/store/store.ts';
import { ensureTables } from '../../../src/management/store/tables.ts';
import { NO_CONSOLES } from './no-consoles.ts';

test('the initial password does not open the API from another machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'from-afar-'));
  const store = await openStore(folder, undefined);
  try {
    await ensureTables(store.tables, store.kind, TABLES);
    await ensureAdmin(store.tables);
    await ensureSettings(store.tables);
    const jobs = new Jobs({ database: store.tables, owner: 'x', flows: [], log: () => {} });
    const calls = new Calls(
      store.tables,
      catalogueOf({
        node: { uuid: 'x', version: '1' },
        files: imageFiles({ servers: folder, imports: folder }),
        consoles: NO_CONSOLES,
        vault: new Vault(),
      }),
      findSession,
      jobs,
    );
    const served = calls.catalogue.apis.get(logInByAccount.message);
    if (served === undefined) throw new Error('no log-in');
    const logIn = (isHere: boolean, password: string) =>
      calls.call({
        served,
        values: { accountName: 'admin', password: sentFor(password) },
        ...{ session: undefined, caller: { address: '192.0.2.9', isHere } },
      });
    await expect(logIn(false, 'password')).rejects.toMatchObject({
      code: 'ID.1000',
      next: { en: expect.stringContaining('UpdateAccount') },
    });
    await expect(logIn(false, 'wrong')).rejects.toMatchObject({
      words: { en: 'wrong account name or password' },
    });
    expect(await logIn(true, 'password')).toHaveProperty('answer.inventory.uuid');
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
