import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lastWords } from '../../../screens/link/last-words.ts';
import type { Connection } from '../../../src/api/client.ts';
import { verifyAudit } from '../../../src/api/jobs.ts';
import { touchSession } from '../../../src/api/session.ts';
import { settingTroubles } from '../../../src/guard/schema.ts';
import { type Facts, watchFacts } from '../../../src/node/facts/schema.ts';
import { powerOff, powerVerdict, reboot } from '../../../src/node/power/schema.ts';
import { isSystemdRunning } from '../../../src/system/systemctl.ts';
import { isRoot, World } from './daemon.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.end());

test('it serves its role, tells everything it knows, and ends when asked', async () => {
  const daemon = await world.start('controller', { args: ['--role', 'storage'] });
  const connection = await world.connect('controller');
  expect(connection.server).toMatchObject({ role: 'storage' });
  const abort = new AbortController();
  const sections = new Set<string>();
  const onItem = (facts: object) => {
    for (const section of Object.keys(facts)) sections.add(section);
    if (sections.has('pen') && sections.has('nics')) abort.abort();
  };
  await connection.call(watchFacts, {}, { signal: abort.signal, onItem });
  expect([...sections]).toEqual(expect.arrayContaining(['identity', 'clock', 'jobs', 'attention']));
  await expect(connection.call(touchSession, {})).rejects.toMatchObject({ kind: 'refused' });
  expect(await daemon.stop()).toBe(0);
  expect((await connection.closed)?.kind).toBe('unavailable');
});

test('the socket is private where there is no console user; data is', async () => {
  await world.start('controller');
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await mode(world.places.data)).toBe('700');
  expect(await mode(world.places.run)).toBe('755');
  expect(['600', '660']).toContain(await mode(world.places.controllerSocket));
  expect(await mode(join(world.places.data, 'audit'))).toBe('700');
});

test('a second one on the same folder refuses and names the first', async () => {
  const first = await world.start('controller');
  for (const args of [[], ['--once', 'power.verdict'], ['--recover']]) {
    const second = world.run('controller', { args });
    expect(await second.ended).toBe(2);
    expect(second.output.trim().split('\n')).toHaveLength(1);
    expect(second.output).toContain(`(pid ${first.process.pid})`);
  }
});

test('killed and started again it goes on: the lock is free, the old socket replaced, the chain whole', async () => {
  for (let round = 0; round < 3; round += 1) {
    const daemon = await world.start('controller');
    await daemon.stop('SIGKILL');
  }
  await world.start('controller');
  const script = await world.connect('controller', 'script');
  const verdict = await script.call(verifyAudit, {});
  expect(verdict.problems).toEqual([]);
  expect(verdict.records).toBeGreaterThanOrEqual(4);
});

test('one action by hand: its output as JSON, a fault as one line and its exit code', async () => {
  const good = world.run('controller', { args: ['--once', 'power.verdict'] });
  expect(await good.ended).toBe(0);
  expect(JSON.parse(good.output.trim().split('\n').at(-1) ?? '')).toHaveProperty('output.safe');

  const streamed = world.run('controller', {
    args: ['--once', 'network.ping', '--json'],
    input: '{"address":"127.0.0.1","count":1}',
  });
  const code = await streamed.ended;
  if (code === 0) expect(streamed.output).toContain('{"output":{"sent":1');
  else expect(streamed.output).toContain('ping');

  const bad = world.run('controller', {
    args: ['--once', 'network.ping', '--json'],
    input: '{"address":"x y"}',
  });
  expect(await bad.ended).toBe(2);
  expect(bad.output).toContain('zs-controller: address:');
  const unheard = world.run('controller', { args: ['--once', 'no.such'] });
  expect(await unheard.ended).toBe(2);
  const noJson = world.run('controller', { args: ['--once', 'network.ping', '--json'], input: 'x' });
  expect(await noJson.ended).toBe(2);
  expect(await world.run('controller', { args: ['--unheard'] }).ended).toBe(2);
});

test('recovery before anything else: nothing to do is fine, what is stuck is said', async () => {
  expect(await world.run('controller', { args: ['--recover'] }).ended).toBe(0);
  await writeFile(join(world.places.data, 'journal/change-000000001.jsonl'), 'nonsense\n');
  const stuck = world.run('controller', { args: ['--recover'] });
  expect(await stuck.ended).toBe(1);
});

test('the audit chain is checked by hand: whole, then edited', async () => {
  const daemon = await world.start('controller');
  await daemon.stop();
  const whole = world.run('controller', { args: ['--audit-verify'] });
  expect(await whole.ended).toBe(0);
  expect(whole.output).toContain('the chain is whole');
  const [name = ''] = await readdir(join(world.places.data, 'audit'));
  const path = join(world.places.data, 'audit', name);
  await writeFile(path, (await readFile(path, 'utf8')).replace('controller.started', 'controller.st4rted'));
  const edited = world.run('controller', { args: ['--audit-verify'] });
  expect(await edited.ended).toBe(1);
  expect(edited.output).toContain('at record 1: record 1 was edited');
});

test.each([
  ['node.ini', 'idle_minutes = 240\nmanagement_nic = em01\n', 'idle_minutes = 240 is not a whole number'],
  ['node.ini', '\ufeff[node]\nidle_minuts = 10m\n', 'idle_minuts is no setting'],
  ['role', 'kitchen\n', '"kitchen" is no role'],
])(
  'a setting in %s that makes no sense stops nothing, and is said everywhere: %j',
  async (name, text, why) => {
    await mkdir(world.places.config, { recursive: true });
    await writeFile(join(world.places.config, name), text);
    expect(await world.run('controller', { args: ['--recover'] }).ended).toBe(0);
    expect(await world.run('controller', { args: ['--once', 'power.verdict'] }).ended).toBe(0);
    await world.start('controller');
    const script = await world.connect('controller', 'script');
    expect(script.server.role).toBe('management');
    expect(await attentionOf(script)).toContain(why);
    await world.start('guard');
    const guard = await world.connect('guard');
    const { troubles } = await guard.call(settingTroubles, {});
    expect(troubles.map(({ en }) => en)).toContainEqual(expect.stringContaining(why));
  },
);

/** ATTENTION as it is told first, as text. */
async function attentionOf(connection: Connection): Promise<string> {
  const abort = new AbortController();
  let attention = '';
  const onItem = (facts: Partial<Facts>) => {
    if (facts.attention === undefined) return;
    attention = facts.attention.map(({ words }) => words.en).join('\n');
    abort.abort();
  };
  await connection.call(watchFacts, {}, { signal: abort.signal, onItem });
  return attention;
}

test('a folder that cannot be made is said in one line, and left for whoever waits for the controller', async () => {
  await writeFile(world.places.data, 'in the way');
  const daemon = world.run('controller');
  expect(await daemon.ended).toBe(1);
  expect(daemon.output.trim().split('\n')).toHaveLength(1);
  expect(daemon.output).toContain(world.places.data);
  const { mode } = await stat(world.places.controllerLastWords);
  expect((mode & 0o777).toString(8)).toBe('644');
  expect(lastWords(world.places.controllerLastWords)?.en).toContain(world.places.data);
  await rm(world.places.data);
  await world.start('controller');
  await vi.waitUntil(() => lastWords(world.places.controllerLastWords) === undefined, { timeout: 15_000 });
});

describe.skipIf(isSystemdRunning())('where systemd does not run', () => {
  test('power orders say so, through controller and scripts alike', async () => {
    await world.start('controller');
    const script = await world.connect('controller', 'script');
    expect((await script.call(powerVerdict, {})).findings).toBeInstanceOf(Array);
    for (const call of [
      script.call(reboot, { phrase: 'REBOOT' }),
      script.call(powerOff, { phrase: 'POWEROFF' }),
    ]) {
      await expect(call).rejects.toMatchObject({ kind: 'unavailable', message: 'systemd does not run here' });
    }
    const nearly = script.call(reboot, { phrase: 'reboot' } as never);
    await expect(nearly).rejects.toMatchObject({ kind: 'usage', field: 'phrase' });
  });
});

describe.skipIf(!isRoot)('other users (needs root to become one)', () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

  test('an ordinary user runs the whole controller, and its own scripts need no password', async () => {
    const { chown } = await import('node:fs/promises');
    await chown(world.folder, 65_534, 65_534);
    await world.start('controller', { through: nobody });
    // Root is no stranger to a development run.
    const script = await world.connect('controller', 'script');
    expect(await script.call(verifyAudit, {})).toMatchObject({ problems: [] });
  });

  test('a read-only data folder: everything can be seen, nothing changed, and it is said', async () => {
    await mkdir(world.places.data, { recursive: true, mode: 0o700 });
    await mkdir(world.places.auditHead, { recursive: true });
    const command =
      'for d in "$1" "$2"; do mount --bind "$d" "$d" && mount -o remount,bind,ro "$d"; done; shift 2; exec "$@"';
    const through = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', command, 'sh'];
    await world.start('controller', { through: [...through, world.places.data, world.places.auditHead] });
    const script = await world.connect('controller', 'script');
    const abort = new AbortController();
    let attention = '';
    const onItem = (facts: { attention?: unknown }) => {
      attention = JSON.stringify(facts.attention);
      abort.abort();
    };
    await script.call(watchFacts, {}, { signal: abort.signal, onItem });
    expect(attention).toContain('the disk is read-only');
    const change = script.call(
      { name: 'accounts.changeRootPassword' },
      { oldPassword: 'a', newPassword: 'b' },
    );
    await expect(change).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'not done, because it could not be recorded: the disk is read-only',
    });
    // Where systemd runs, this would reboot the machine that runs the test.
    if (isSystemdRunning()) return;
    const words: string[] = [];
    const options = { onProgress: (progress: { words: { en: string } }) => words.push(progress.words.en) };
    await expect(script.call(reboot, { phrase: 'REBOOT' }, options)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(words).toEqual(['this could not be recorded']);
  });

  test('a folder that may not be read is said in one line', async () => {
    await chmod(world.folder, 0o755);
    const daemon = world.run('controller', { through: nobody });
    expect(await daemon.ended).toBe(1);
    expect(daemon.output).toContain('no right to write');
  });
});
