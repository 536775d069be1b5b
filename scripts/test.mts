#!/usr/bin/env node
import { $, fs, glob, minimist, os, path } from 'zx';

/**
 * Runs every check and test that `npm test` promises: types, lint, import directions, then the tests of all rooms
 * (of the booted machine the short form). Ends with `N passed, N failed`; what could not run is counted before it.
 *   npm test [-- --project unit|screens|services|vm-short|vm] [file ...]
 *   npm test -- --rotate      one more file of the booted machine's tests, another one with every commit
 */
const options = minimist(process.argv.slice(2), { string: ['project'], boolean: ['rotate'] });
const root = path.resolve(import.meta.dirname, '..');
$.cwd = root;
$.stdio = 'inherit';
$.env = { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` };

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  numPendingTests: number;
  numTodoTests: number;
}

/** Where this checkout is reached by every user while the tests run, when the way to it is closed to others. */
const OPEN_PLACE = '/mnt';
const open = await isOpen();

const rooms = ['unit', 'screens', 'services', 'vm-short'];
const projects = options.project === undefined ? rooms : [options.project];
const checks = await $`npm run --silent check && npm run --silent build`.nothrow();
const runs = [await vitest(projects, options._)];
if (options.rotate) runs.push(await vitest(['vm'], [await fileOfThisCommit()]));

const passed = sum(runs.map((run) => run.passed));
const failed = sum(runs.map((run) => run.failed)) + (checks.exitCode === 0 ? 0 : 1);
const notRun = sum(runs.map((run) => run.notRun));
if (checks.exitCode !== 0) console.log('types, lint, import directions or build: failed');
if (notRun > 0) console.log(`not run: ${notRun}`);
console.log(`${passed} passed, ${failed} failed`);
const incomplete = notRun > 0 && process.env.CI === 'true';
process.exitCode = failed > 0 || passed === 0 || incomplete ? 1 : 0;

/** One run of the test runner, counted by its own report. A file that broke before its tests counts as failed. */
async function vitest(names: readonly string[], files: readonly string[]) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-test-'));
  const report = path.join(folder, 'report.json');
  const selected = names.flatMap((name) => ['--project', name]);
  const options = ['--config', 'test/vitest.config.ts', '--reporter', 'default', '--reporter', 'json'];
  const run =
    await $`${open ? [] : atOpenPlace()} vitest run ${options} --outputFile ${report} ${selected} ${files}`.nothrow();
  const figures: Partial<Report> = (await fs.pathExists(report)) ? await fs.readJson(report) : {};
  await fs.remove(folder);
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = figures;
  const broken =
    run.exitCode !== 0 && numFailedTests === 0 ? Math.max(1, figures.numFailedTestSuites ?? 0) : 0;
  return { passed: numPassedTests, failed: numFailedTests + broken, notRun: numPendingTests + numTodoTests };
}

/** Some tests run programs of this checkout as other users, whose way does not lead through a home that is closed to them. */
async function isOpen(): Promise<boolean> {
  if (process.getuid?.() !== 0) return true;
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  return (await $`${asNobody} test -x ${root}`.nothrow()).exitCode === 0;
}

/** What runs a command in this checkout at a place that is open, in a mount namespace of its own. */
function atOpenPlace(): string[] {
  const script =
    'mount --bind "$1" "$2" && cd "$2" && PATH="$2/node_modules/.bin:$PATH" && shift 2 && exec "$@"';
  const argv = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', root, OPEN_PLACE];
  return ['unshare', ...argv];
}

/** Over the commits every file has its turn; by the commit's hash, since a shallow clone counts only one. */
async function fileOfThisCommit(): Promise<string> {
  const files = (await glob('test/vm/*.test.ts', { cwd: root }))
    .filter((file) => !file.endsWith('short.test.ts'))
    .sort();
  const hash = await $({ stdio: 'pipe' })`git rev-parse HEAD`;
  return files[Number.parseInt(hash.stdout.slice(0, 7), 16) % files.length] ?? 'test/vm';
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
