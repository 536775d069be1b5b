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
  const run =
    await $`vitest run --config test/vitest.config.ts ${selected} --reporter default --reporter json --outputFile ${report} ${files}`.nothrow();
  const figures: Partial<Report> = (await fs.pathExists(report)) ? await fs.readJson(report) : {};
  await fs.remove(folder);
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = figures;
  const broken =
    run.exitCode !== 0 && numFailedTests === 0 ? Math.max(1, figures.numFailedTestSuites ?? 0) : 0;
  return { passed: numPassedTests, failed: numFailedTests + broken, notRun: numPendingTests + numTodoTests };
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
