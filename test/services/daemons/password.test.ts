import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../../src/api/client.ts';
import type { Fault } from '../../../src/api/fault.ts';
import { acknowledgeChange } from '../../../src/api/jobs.ts';
import { openSession } from '../../../src/api/session.ts';
import { checkPassword, passwordState } from '../../../src/guard/schema.ts';
import { changeRootPassword } from '../../../src/node/accounts/schema.ts';
import { watchFacts } from '../../../src/node/facts/schema.ts';
import { everyNth } from '../moments.ts';
import { isRoot, World } from './daemon.ts';
import { OwnEtc } from './own-etc.ts';
import { filesWith, watchProcesses } from './secrets.ts';

const OLD = 'Alt-und-lang 7!';
/** A day as /etc/shadow counts them, from today. */
const days = (from: number): string => String(Math.floor(Date.now() / 86_400_000) + from);
const NEW = 'Neu:noch-länger 8?';
/** Looked for in all processes of this machine, so that it must stand in none of another test. */
const WRONG = 'verkehrt-4711';

describe.skipIf(!isRoot)('the password check (needs root)', () => {
  let world: World;
  let etc: OwnEtc;

  beforeEach(async () => {
    world = await World.create();
    etc = await OwnEtc.create();
    etc.setPassword(OLD);
  });
  afterEach(async () => {
    await world.end();
    await etc.remove();
  });

  const startGuard = async (): Promise<Connection> => {
    await world.start('guard', { through: etc.through });
    return world.connect('guard');
  };
  const startController = () => world.start('controller', { through: etc.through });

  const isRight = async (guard: Connection, password: string): Promise<boolean> => {
    try {
      await guard.call(checkPassword, { password });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringMatching(/^wrong password: /) });
      return false;
    }
  };

  async function openArea(guard: Connection, password: string): Promise<Connection> {
    const { ticket } = await guard.call(checkPassword, { password });
    const controller = await world.connect('controller');
    await controller.call(openSession, { ticket, area: 'configuration' });
    return controller;
  }

  test('PAM knows the right one from wrong ones', async () => {
    const guard = await startGuard();
    expect(await guard.call(passwordState, {})).toEqual({ state: 'usable' });
    expect(await isRight(guard, OLD)).toBe(true);
    for (const wrong of [`${OLD} `, ` ${OLD}`, OLD.toLowerCase(), OLD.slice(1)]) {
      expect(await isRight(guard, wrong)).toBe(false);
      // So that the answers stay quick.
      expect(await isRight(guard, OLD)).toBe(true);
    }
  });

  test('a password is taken as it is, whatever is in it', async () => {
    const guard = await startGuard();
    for (const password of [
      'пароль 密码 🔑',
      '  spaces around  ',
      ':a::b:',
      'x',
      'l'.repeat(500),
      '--help',
      '$(reboot); `id` "\'\\',
    ]) {
      etc.setPassword(password);
      expect(await isRight(guard, `${password}y`), password).toBe(false);
      expect(await isRight(guard, password), password).toBe(true);
    }
  });

  test('what no password can be is refused before PAM', async () => {
    const guard = await startGuard();
    for (const password of ['', 'two\nlines', 'nul\0', 'x'.repeat(513)]) {
      const call = guard.call(checkPassword, { password });
      await expect(call, JSON.stringify(password)).rejects.toMatchObject({
        kind: 'usage',
        field: 'password',
      });
    }
  });

  test('root without a usable password: said, and never let in', async () => {
    const guard = await startGuard();
    for (const [field, state] of [
      ['!', 'locked'],
      ['*', 'locked'],
      ['!$y$j9T$abc', 'locked'],
      ['', 'empty'],
    ] as const) {
      await etc.setField(field);
      expect(await guard.call(passwordState, {}), field).toEqual({ state });
      await expect(guard.call(checkPassword, { password: 'anything' })).rejects.toMatchObject({
        kind: 'refused',
        message: 'root has no usable password',
      });
    }
  });

  test.each([
    ['password and account alive', {}, undefined],
    ['password to be changed at the next log-in', { 2: '0' }, undefined],
    ['password expired, in its days of grace', { 2: days(-200), 4: '90', 6: '180' }, undefined],
    ['password expired and inactive', { 2: days(-200), 4: '90', 6: '30' }, 'the password of root expired'],
    ['account expired', { 7: days(-1) }, 'the account root has expired'],
  ])('%s', async (_what, fields, said) => {
    await etc.setFields(fields);
    const guard = await startGuard();
    if (said === undefined) return expect(await isRight(guard, OLD)).toBe(true);
    for (let times = 0; times < 12; times += 1) {
      await expect(guard.call(checkPassword, { password: OLD })).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(said),
        next: { en: expect.stringMatching(/sudo (passwd|chage)/) },
      });
    }
    // None of these was counted; a wrong one is, and is called so.
    expect(await isRight(guard, WRONG)).toBe(false);
    const { counters } = JSON.parse(await readFile(join(world.places.data, 'guard/lockout.json'), 'utf8'));
    expect(counters['line -'].failures).toBe(1);
  });

  test('what is said to do about it helps', async () => {
    await etc.setFields({ 7: days(-1) });
    const guard = await startGuard();
    const fault = await guard.call(checkPassword, { password: OLD }).catch((thrown: Fault) => thrown);
    const command = /sudo ([^;]+);/.exec((fault as Fault).next?.en ?? '')?.[1] ?? '';
    etc.run(command.split(' '));
    expect(await isRight(guard, OLD)).toBe(true);
  });

  test('without a service of our own the system’s default is used; without that one it is said', async () => {
    await rm(join(etc.folder, 'pam.d/zs-guard'));
    const guard = await startGuard();
    expect(await isRight(guard, OLD)).toBe(true);
    await rm(join(etc.folder, 'pam.d/other'));
    await expect(guard.call(checkPassword, { password: OLD })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('the third failure is answered slowly, also by a guard that was started anew', async () => {
    const first = await world.start('guard', { through: etc.through });
    const guard = await world.connect('guard');
    await isRight(guard, 'one');
    await isRight(guard, 'two');
    await first.stop('SIGKILL');
    const next = await startGuard();
    const begun = performance.now();
    expect(await isRight(next, 'three')).toBe(false);
    expect(performance.now() - begun).toBeGreaterThan(2_000);
  });

  test('checks and failures are in the audit chain, also those made while the controller was dead', async () => {
    const guard = await startGuard();
    await isRight(guard, WRONG);
    await isRight(guard, OLD);
    const controller = await startController();
    await isRight(guard, 'again');
    const chain = () => readFile(join(world.places.data, 'audit/audit-000000000001.jsonl'), 'utf8');
    await expect
      .poll(
        async () =>
          [...(await chain()).matchAll(/"password.check".*?"outcome":"(\w+)"/g)].map((match) => match[1]),
        {
          timeout: 30_000,
        },
      )
      .toEqual(['wrong', 'right', 'wrong']);
    await controller.stop();
  });

  describe('changing it', () => {
    test('the new one works, the old one does not', async () => {
      const guard = await startGuard();
      await startController();
      const area = await openArea(guard, OLD);
      const steps: string[] = [];
      await area.call(
        changeRootPassword,
        { oldPassword: OLD, newPassword: NEW },
        { onProgress: ({ words }) => steps.push(words.en) },
      );
      expect(steps).toHaveLength(1);
      expect(await isRight(guard, NEW)).toBe(true);
      expect(await isRight(guard, OLD)).toBe(false);
    });

    test('a wrong old one: refused with the field, nothing changed, counted like every failure', async () => {
      const guard = await startGuard();
      await startController();
      const area = await openArea(guard, OLD);
      const before = await etc.field();
      const call = area.call(changeRootPassword, { oldPassword: WRONG, newPassword: NEW });
      await expect(call).rejects.toMatchObject({
        kind: 'refused',
        field: 'oldPassword',
        message: expect.stringMatching(/^wrong password: /),
      });
      expect(await etc.field()).toBe(before);
      const counts = JSON.parse(await readFile(join(world.places.data, 'guard/lockout.json'), 'utf8'));
      expect(counts.counters['line -'].failures).toBe(1);
    });

    test('a new one that PAM does not take afterwards: the old one is back', async () => {
      const guard = await startGuard();
      await startController();
      const area = await openArea(guard, OLD);
      // PAM itself takes no answer longer than 512 bytes; chpasswd with its hash does.
      const call = area.call(changeRootPassword, { oldPassword: OLD, newPassword: '密'.repeat(400) });
      await expect(call).rejects.toMatchObject({ kind: 'failed' });
      expect(await isRight(guard, OLD)).toBe(true);
    });

    test('killed at any moment of it: afterwards the old one works or the new one, and it is told', async () => {
      const guard = await startGuard();
      const ends: string[] = [];
      let whole = 0;
      // The first round waits for the end, whose time is then the measure for the others.
      for (const share of [1, 0, ...everyNth(9, 3).map((tenth) => tenth / 10)]) {
        etc.setPassword(OLD);
        await rm(world.places.data, { recursive: true, force: true });
        const daemon = await startController();
        const area = await openArea(guard, OLD);
        const begun = performance.now();
        const outcome = area.call(changeRootPassword, { oldPassword: OLD, newPassword: NEW }).then(
          () => 'answered',
          () => 'lost',
        );
        if (share === 1) {
          await outcome;
          whole = performance.now() - begun;
        } else {
          await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, share * whole))]);
        }
        await daemon.stop('SIGKILL');
        const next = await startController();
        const isNew = await isRight(guard, NEW);
        expect(isNew || (await isRight(guard, OLD)), `killed at ${share}`).toBe(true);
        if ((await outcome) === 'answered') expect(isNew).toBe(true);
        ends.push(isNew ? 'new' : 'old');
        await next.stop();
        expect(await filesWith(world.places.data, await etc.field())).toEqual([]);
      }
      expect(new Set(ends)).toEqual(new Set(['old', 'new']));
    }, 500_000);

    test('what recovery did stands on the main screen until somebody acknowledges it', async () => {
      const guard = await startGuard();
      const daemon = await startController();
      const area = await openArea(guard, OLD);
      const before = await etc.field();
      await daemon.stop('SIGKILL');
      area.close();
      const { createHash } = await import('node:crypto');
      const step = { type: 'accounts.setRootPassword', words: { en: 'x', zh: 'x' }, ticket: 'gone' };
      const plan = { title: { en: 'change the root password', zh: '' }, warnings: [] };
      const steps = [{ ...step, before: createHash('sha256').update(before).digest('hex') }];
      const begun = { at: 1, caller: {}, action: 'accounts.changeRootPassword', plan: { ...plan, steps } };
      await mkdir(join(world.places.data, 'journal'), { recursive: true });
      await writeFile(
        join(world.places.data, 'journal/change-000000001.jsonl'),
        `${JSON.stringify(begun)}\n{"apply":0}\n{"appl`,
      );
      await startController();
      const next = await openArea(guard, OLD);
      const attention = async (): Promise<string[]> => {
        const abort = new AbortController();
        let lines: string[] = [];
        const onItem = (facts: { attention?: { words: { en: string } }[] }) => {
          lines = facts.attention?.map(({ words }) => words.en) ?? lines;
          abort.abort();
        };
        await next.call(watchFacts, {}, { signal: abort.signal, onItem });
        return lines;
      };
      expect(await attention()).toContain(
        'a change that was interrupted has been undone: change the root password',
      );
      await next.call(acknowledgeChange, { change: 'change-000000001.jsonl' });
      expect((await attention()).join()).not.toContain('interrupted');
    });

    test('the passwords are in no file, no output and no process list; a planted one is found by the same search', async () => {
      const planted = 'gepflanzt-4711';
      await writeFile(join(world.folder, 'planted'), `x ${planted} y`);
      expect(await filesWith(world.folder, planted)).toHaveLength(1);
      const bait = spawn('sh', ['-c', 'read x', planted]);
      const baitWatch = watchProcesses(planted);
      await vi.waitFor(() => expect(baitWatch.seen.size).toBeGreaterThan(0), 60_000);
      bait.stdin.end();
      await once(bait, 'close');
      await baitWatch.stop();

      const watches = [OLD, NEW, WRONG].map(watchProcesses);
      const guardDaemon = await world.start('guard', { through: etc.through });
      const guard = await world.connect('guard');
      const daemon = await startController();
      const area = await openArea(guard, OLD);
      await expect(area.call(changeRootPassword, { oldPassword: WRONG, newPassword: NEW })).rejects.toThrow();
      await area.call(changeRootPassword, { oldPassword: OLD, newPassword: NEW });
      await daemon.stop();
      await guardDaemon.stop();
      for (const watch of watches) expect(await watch.stop()).toEqual([]);
      for (const secret of [OLD, NEW, WRONG]) {
        expect(await filesWith(world.folder, secret)).toEqual([]);
        expect(daemon.output + guardDaemon.output).not.toContain(secret);
      }
    });
  });
});

describe.skipIf(!isRoot)('without root (needs root to drop it)', () => {
  test('guard says that the check needs root', async () => {
    const world = await World.create();
    const { chown } = await import('node:fs/promises');
    await chown(world.folder, 65_534, 65_534);
    const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    await world.start('guard', { through });
    const guard = await world.connect('guard');
    for (const call of [guard.call(passwordState, {}), guard.call(checkPassword, { password: 'any' })]) {
      await expect(call).rejects.toMatchObject({
        kind: 'unavailable',
        message: 'the password check needs root',
      });
    }
    await world.end();
  });
});
