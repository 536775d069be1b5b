import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/management/store/store.ts';
import type { BackupDone } from '../../src/node/backup/schema.ts';
import { SqliteEngine } from '../../src/node/backup/sqlite.ts';
import { NODE } from '../screens/bundle.ts';
import { STORE_PROGRAM, World } from './passwords/world.ts';
import { openFolder, until } from './servers.ts';

// The store's folder belongs to the service's user, who may put links into it at any moment.

const SERVICE = 54321;
const SECRET = 'root:zqOnlyRootReadsThis\n';
let folder: string;
let world: World;
let made: BackupDone;
/** A file that only root may read or change. */
let victim: string;
let attackers: ChildProcess[];

const state = () => dirname(world.store);

beforeEach(async () => {
  folder = openFolder('links-');
  world = new World({ folder, socket: '/nowhere' });
  attackers = [];
  victim = join(folder, 'shadow');
  writeFileSync(victim, SECRET, { mode: 0o600 });
  await world.write('management.server.ip = 10.0.0.1\n');
  await world.journal.recover();
  const store = await openStore(state(), undefined);
  await store.database
    .insertInto('setting')
    .values({ name: 'a', value: 'x'.repeat(8e6) })
    .execute();
  await store.close();
  giveAway();
  made = await world.call<BackupDone>('database.backup', {});
  return () => {
    for (const attacker of attackers) attacker.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  };
});

function giveAway(): void {
  chmodSync(state(), 0o700);
  execFileSync('chown', ['--no-dereference', '-R', `${SERVICE}:${SERVICE}`, state()]);
}

/** Swaps what ends so for a link to the victim, as the service's user. Answers what it has swapped so far. */
async function attack(ending: string): Promise<() => string[]> {
  const program = new URL('link-attack.ts', import.meta.url).pathname;
  const argv = [`--reuid=${SERVICE}`, `--regid=${SERVICE}`, '--clear-groups', '--'];
  const child = spawn('setpriv', [...argv, NODE, program, state(), ending, victim], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  attackers.push(child);
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part;
  });
  await until(async () => said.includes('ready') || undefined);
  return () => said.split('\n').slice(1, -1);
}

function untouched(): void {
  const { uid, gid, mode } = statSync(victim);
  expect([uid, gid, mode & 0o777]).toEqual([0, 0, 0o600]);
  expect(readFileSync(victim, 'utf8')).toBe(SECRET);
}

/** All that root wrote for itself, unpacked where it is packed. */
const written = (): string =>
  readdirSync(join(folder, 'backups'))
    .map((name) => readFileSync(join(folder, 'backups', name)))
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1'))
    .join('\n');

test('the dump is made as the owner, and what is restored becomes the owner’s', async () => {
  expect(statSync(made.path).uid).toBe(0);
  await world.service.restart();
  giveAway();
  await world.call('database.restore', { file: made.path });
  const { uid, gid, mode } = statSync(world.store);
  expect([uid, gid, mode & 0o777]).toEqual([SERVICE, SERVICE, 0o600]);
  expect(readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

test('what is being restored is swapped for a link before it gets its owner: the file behind the link keeps its own', async () => {
  for (let round = 0; round < 3; round++) {
    const swapped = await attack('.next');
    await world.call('database.restore', { file: made.path }).catch(() => undefined);
    await until(async () => swapped().length > 0 || undefined);
    untouched();
    for (const attacker of attackers.splice(0)) {
      attacker.kill('SIGKILL');
      if (attacker.exitCode === null && attacker.signalCode === null) await once(attacker, 'exit');
    }
    rmSync(state(), { recursive: true });
    mkdirSync(state());
    giveAway();
  }
});

test('a store that is a link, or becomes one, is not dumped', async () => {
  renameSync(world.store, `${world.store}.own`);
  symlinkSync(victim, world.store);
  await expect(world.call('database.backup', {})).rejects.toMatchObject({ kind: 'notFound' });
  // As if it were swapped after it had been looked for.
  const engine = new SqliteEngine({ store: world.store, storeProgram: STORE_PROGRAM });
  const never = new AbortController().signal;
  await expect(engine.dump([], join(folder, 'backups/x.partial'), never, () => {})).rejects.toThrow();
  expect(written()).not.toContain('zqOnlyRoot');
  untouched();
  // The search finds what is there.
  writeFileSync(join(folder, 'backups/planted'), SECRET);
  expect(written()).toContain('zqOnlyRoot');
});

test('a damaged store that is swapped for a link, or has a name of another user’s file, is not dumped', async () => {
  const engine = new SqliteEngine({ store: world.store, storeProgram: STORE_PROGRAM });
  let number = 0;
  const dump = () =>
    engine.dump([], join(folder, `backups/${number++}.partial`), new AbortController().signal, () => {});
  rmSync(world.store);
  writeFileSync(world.store, 'no store at all, that may be read by everybody '.repeat(100));
  giveAway();
  await dump();
  rmSync(world.store);
  execFileSync('ln', [victim, world.store]);
  await expect(dump()).rejects.toThrow();
  // Readable for the owner, so that SQLite itself finds the damage.
  chmodSync(victim, 0o644);
  await expect(dump()).rejects.toThrow();
  expect(written()).not.toContain('zqOnlyRoot');
});

test('a folder on the way that is a link of the service’s is not gone through', async () => {
  const real = join(folder, 'elsewhere');
  renameSync(state(), real);
  const open = join(folder, 'service');
  mkdirSync(open);
  chownSync(open, SERVICE, SERVICE);
  symlinkSync(real, join(open, 'state'));
  const engine = new SqliteEngine({
    store: join(open, 'state/store.sqlite'),
    storeProgram: STORE_PROGRAM,
  });
  await expect(engine.databases()).rejects.toMatchObject({ code: 'ELOOP' });
  // A link that root made, in a folder of root's, counts.
  symlinkSync(real, join(folder, 'linked'));
  expect(
    await new SqliteEngine({
      store: join(folder, 'linked/store.sqlite'),
      storeProgram: STORE_PROGRAM,
    }).databases(),
  ).toEqual(['zstack']);
});
