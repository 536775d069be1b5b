import { expect, test } from 'vitest';
import { mustRun, run, runLines } from '../../src/system/exec.ts';

const soon = { timeout: 60_000 };

test('exit code, both outputs and stdin', async () => {
  const argv = ['sh', '-c', 'cat; echo oops >&2; exit 3'];
  expect(await run(argv, { ...soon, input: 'hello' })).toEqual({
    code: 3,
    stdout: 'hello',
    stderr: 'oops\n',
  });
});

test('nothing of our own environment reaches the child, and it speaks English', async () => {
  process.env.PLANTED = 'tr0ub4dor';
  const { stdout } = await run(['env'], { ...soon, env: { EXTRA: '1' } });
  delete process.env.PLANTED;
  expect(stdout).not.toContain('tr0ub4dor');
  expect(stdout.trim().split('\n').sort()).toEqual([
    'EXTRA=1',
    'LANG=C.UTF-8',
    'LC_ALL=C.UTF-8',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ]);
});

test('arguments are not read by a shell', async () => {
  expect((await run(['echo', '$HOME;id', '*'], soon)).stdout).toBe('$HOME;id *\n');
});

test('a program that is missing is unavailable and named', async () => {
  await expect(run(['no-such-program'], soon)).rejects.toMatchObject({
    kind: 'unavailable',
    words: { en: 'no-such-program is not installed' },
  });
});

test('one that is too slow is ended, also when a child of its holds the pipes', async () => {
  const begun = performance.now();
  const slow = run(['sh', '-c', 'sleep 30 & sleep 30'], { timeout: 200 });
  await expect(slow).rejects.toMatchObject({ kind: 'timeout', words: { en: 'sh did not end within 0.2 s' } });
  expect(performance.now() - begun).toBeLessThan(20_000);
});

test('one that says too much is ended', async () => {
  const loud = run(['yes'], { ...soon, maxBytes: 1000 });
  await expect(loud).rejects.toMatchObject({
    kind: 'failed',
    words: { en: 'yes said more than 1000 bytes' },
  });
});

test('cancelling ends it with the signal’s reason, before and while it runs', async () => {
  const reason = new Error('enough');
  await expect(run(['sleep', '30'], { ...soon, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const running = run(['sleep', '30'], { ...soon, signal: controller.signal });
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test('a child that does not read its input is no error', async () => {
  expect((await run(['true'], { ...soon, input: 'x'.repeat(1_000_000) })).code).toBe(0);
});

test('ended by a signal: 128 and its number', async () => {
  expect((await run(['sh', '-c', 'kill -TERM $$'], soon)).code).toBe(143);
});

test('mustRun takes any other exit code for a failure, with the last words', async () => {
  expect(await mustRun(['echo', 'x'], soon)).toBe('x\n');
  await expect(mustRun(['sh', '-c', 'echo a >&2; echo because >&2; exit 1'], soon)).rejects.toMatchObject({
    kind: 'failed',
    words: { en: 'sh: because' },
  });
});

test('lines come one by one while it runs, the last without its end too', async () => {
  const lines: string[] = [];
  const child = runLines(['sh', '-c', 'printf "a\\nb"; printf "ü\\nc"; echo no >&2; exit 2'], {
    onLine: (line) => lines.push(line),
  });
  expect(await child.ended).toEqual({ code: 2, stderr: 'no\n' });
  expect(lines).toEqual(['a', 'bü', 'c']);
});

test('a running one takes signals, and ends at its time limit', async () => {
  const stopped = runLines(['sleep', '30'], { onLine: () => {} });
  stopped.kill('SIGINT');
  expect((await stopped.ended).code).toBe(130);
  const limited = runLines(['sleep', '30'], { onLine: () => {}, timeout: 100 });
  expect((await limited.ended).code).toBe(137);
  await expect(runLines(['no-such-program'], { onLine: () => {} }).ended).rejects.toMatchObject({
    kind: 'unavailable',
  });
});
