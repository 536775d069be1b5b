import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { say } from '../../../src/api/words.ts';
import { LockoutStore } from '../../../src/guard/lockout-store.ts';
import { PasswordCheck } from '../../../src/guard/password.ts';
import type { PasswordState } from '../../../src/system/shadow.ts';

const RIGHT = 'tr0ub4dor';
const MINUTE = 60_000;
const on = (line: string): Caller => ({ uid: 990, pid: 1, line, program: 'console' });

let folder: string;
let now: number;
let waited: number[];
let told: string[];
let records: string[];
let asked: number;
let state: PasswordState;
let pam: (password: Secret) => Promise<boolean>;

const newStore = () => new LockoutStore([join(folder, 'data'), join(folder, 'run')], folder, () => {});

/** A guard that was just started. */
function guard(store = newStore()): PasswordCheck {
  return new PasswordCheck({
    store,
    now: () => now,
    wait: async (milliseconds) => void waited.push(milliseconds),
    state: async () => state,
    isPassword: (password) => {
      asked += 1;
      return pam(password);
    },
    record: async ({ line }, outcome) => void records.push(`${line} ${outcome}`),
  });
}

const attempt = (check: PasswordCheck, password: string, line = 'tty1') =>
  check.check(on(line), new Secret(password), (words) => void told.push(words.en));

async function failTimes(times: number, line = 'tty1', check = guard()): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    await expect(attempt(check, 'wrong', line)).rejects.toThrow('wrong password');
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-guard-'));
  now = 100 * MINUTE;
  waited = [];
  told = [];
  records = [];
  asked = 0;
  state = 'usable';
  pam = async (password) => password.reveal() === RIGHT;
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

test('the right password passes, a wrong one is refused, and both are on record', async () => {
  await attempt(guard(), RIGHT);
  await expect(attempt(guard(), 'wrong')).rejects.toMatchObject({ kind: 'refused', field: 'password' });
  expect(records).toEqual(['tty1 right', 'tty1 wrong']);
});

test('answers slow down, and counts hold over a restart before each attempt', async () => {
  for (let index = 0; index < 6; index += 1) await failTimes(1, 'tty1', guard());
  expect(waited).toEqual([0, 0, 2_000, 4_000, 8_000, 16_000]);
});

test('ten wrong ones lock the line: the right one is then not even looked at, over restarts', async () => {
  await failTimes(10);
  asked = 0;
  for (const check of [guard(), guard()]) {
    await expect(attempt(check, RIGHT)).rejects.toThrow('locked for 15 min');
  }
  expect(asked).toBe(0);
  expect(records.at(-1)).toBe('tty1 locked out');
  now += 14.5 * MINUTE;
  await expect(attempt(guard(), RIGHT)).rejects.toThrow('locked for 1 min');
  now += MINUTE;
  await attempt(guard(), RIGHT);
});

test('attempts while locked do not make it longer', async () => {
  await failTimes(10);
  for (let index = 0; index < 14; index += 1) {
    now += MINUTE;
    await expect(attempt(guard(), 'wrong')).rejects.toThrow('locked');
  }
  now += MINUTE;
  await attempt(guard(), RIGHT);
});

test('over a reboot the lock stays, for its full time again', async () => {
  await failTimes(10);
  const path = join(folder, 'data', 'lockout.json');
  const kept = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...kept, boot: 'another' }));
  now = 1_000;
  await expect(attempt(guard(), RIGHT)).rejects.toThrow('locked for 15 min');
});

test('the wall clock, set forth and back, neither shortens nor prolongs', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  await failTimes(10);
  vi.setSystemTime(new Date('2090-01-01'));
  await expect(attempt(guard(), RIGHT)).rejects.toThrow('locked for 15 min');
  vi.setSystemTime(new Date('1971-01-01'));
  now += 15 * MINUTE;
  await attempt(guard(), RIGHT);
});

test('the right password clears the count', async () => {
  await failTimes(9);
  await attempt(guard(), RIGHT);
  await failTimes(9);
  await attempt(guard(), RIGHT);
});

test('a guard that is killed while it checks has counted the attempt', async () => {
  pam = () => new Promise(() => {});
  for (let index = 0; index < 10; index += 1) {
    void attempt(guard(), 'wrong').catch(() => {});
    await vi.waitFor(() => expect(asked).toBe(index + 1), { timeout: 15_000 });
  }
  pam = async () => true;
  await expect(attempt(guard(), RIGHT)).rejects.toThrow('locked');
});

test('a check that does not work at all says so and does not count', async () => {
  pam = () => Promise.reject(new Fault('unavailable', say('no PAM', '没有 PAM')));
  const check = guard();
  for (let index = 0; index < 30; index += 1) {
    await expect(attempt(check, 'any')).rejects.toMatchObject({ kind: 'unavailable' });
  }
  pam = async () => true;
  await attempt(check, RIGHT);
});

test.each(['locked', 'empty'] as const)(
  'root without a password (%s): nothing is checked, the way out is said',
  async (is) => {
    state = is;
    await expect(attempt(guard(), '')).rejects.toMatchObject({
      kind: 'refused',
      next: { en: expect.stringContaining('passwd') },
    });
    expect(asked).toBe(0);
  },
);

test('attempts side by side gain nothing: they are made one after the other, and only a few may wait', async () => {
  let atOnce = 0;
  let most = 0;
  pam = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atOnce -= 1;
    return false;
  };
  const check = guard();
  const lines = Array.from({ length: 50 }, (_, index) => `pts/${index}`);
  const answers = await Promise.allSettled(lines.map((line) => attempt(check, 'wrong', line)));
  expect(most).toBe(1);
  const busy = answers.filter(
    (answer) => answer.status === 'rejected' && /being checked/.test(answer.reason.message),
  );
  expect(busy.length).toBe(45);
  expect(asked).toBe(5);
});

test.each([1, 3])(
  'many lines at once, through %i checkers: no more than ten on a line, thirty in all',
  async (checkers) => {
    const checks = Array.from({ length: checkers }, () => guard(newStore()));
    const lines = ['tty1', 'tty2', 'tty3', 'tty4'];
    const tried = new Map(lines.map((line) => [line, 0]));
    pam = async () => false;
    // Four may wait on a line of one checker: rounds of that many, all begun before the first ends.
    for (let round = 0; round < 6; round += 1) {
      await Promise.allSettled(
        checks.flatMap((check) =>
          lines.flatMap((line) =>
            Array.from({ length: 4 }, () =>
              attempt(check, 'wrong', line).catch((thrown: Error) => {
                if (thrown.message.startsWith('wrong password')) tried.set(line, (tried.get(line) ?? 0) + 1);
              }),
            ),
          ),
        ),
      );
    }
    expect([...tried.values()].filter((count) => count > 10)).toEqual([]);
    expect([...tried.values()].reduce((sum, count) => sum + count)).toBe(30);
    expect(asked).toBe(30);
  },
);

test('each answer says how many tries are left, and why it is held back', async () => {
  const answers: string[] = [];
  for (let index = 0; index < 10; index += 1) {
    await attempt(guard(), 'wrong').catch((thrown: Error) => answers.push(thrown.message));
  }
  expect(answers[0]).toBe('wrong password: 9 tries left, then it is locked for 15 min');
  expect(answers[8]).toBe('wrong password: 1 try left, then it is locked for 15 min');
  expect(answers[9]).toBe('wrong password: locked for 15 min');
  expect(told).toHaveLength(8);
  expect(told[0]).toBe(
    'wrong password: 7 tries left, then it is locked for 15 min; the next may be tried in 2 s',
  );
});

test('an expired one is said, on record, and not counted', async () => {
  pam = () => Promise.reject(new Fault('refused', say('the account root has expired', '已过期')));
  for (let index = 0; index < 12; index += 1)
    await expect(attempt(guard(), RIGHT)).rejects.toThrow('the account root has expired');
  expect(new Set(records)).toEqual(new Set(['tty1 expired']));
  expect(waited).toEqual([]);
});

test('many pseudo-terminals are locked together, tty1 is not', async () => {
  const check = guard();
  for (let index = 0; index < 20; index += 1) await failTimes(1, `pts/${index}`, check);
  await expect(attempt(check, RIGHT, 'pts/99')).rejects.toThrow('locked');
  await attempt(check, RIGHT, 'tty1');
});

test('a data folder that cannot be written: the run folder keeps the counts', async () => {
  await writeFile(join(folder, 'data'), 'in the way');
  const store = newStore();
  await failTimes(10, 'tty1', guard(store));
  expect(store.wouldForget).toBe(false);
  await expect(attempt(guard(), RIGHT)).rejects.toThrow('locked');
});

test('no folder at all: counted in memory, and the guard knows that it must stay', async () => {
  await writeFile(join(folder, 'data'), 'in the way');
  await writeFile(join(folder, 'run'), 'in the way');
  const store = newStore();
  const check = guard(store);
  await failTimes(10, 'tty1', check);
  expect(store.wouldForget).toBe(true);
  await expect(attempt(check, RIGHT)).rejects.toThrow('locked');
  now += 16 * MINUTE;
  await attempt(check, RIGHT);
  expect(store.wouldForget).toBe(false);
});

test('once the data folder can be written again, what the run folder kept does not come back', async () => {
  await writeFile(join(folder, 'data'), 'in the way');
  await failTimes(5);
  await rm(join(folder, 'data'));
  await attempt(guard(), RIGHT);
  await failTimes(2);
  expect(waited.slice(-2)).toEqual([0, 0]);
});

test('a damaged file is no lock and no crash', async () => {
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'lockout.json'), '{');
  await attempt(guard(), RIGHT);
});
