#!/usr/bin/env node
import { $, fs, minimist, os, path } from 'zx';

/**
 * Runs every check and test that `npm test` promises: types, lint, import directions, then the tests of all rooms
 * (of the booted machine the short form). Ends with `N passed, N failed`; what could not run is counted before it.
 *   npm test [-- --project unit|screens|services|vm] [file ...]
 */
const options = minimist(process.argv.slice(2), { string: ['project'] });
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

const checks = await $`npm run --silent check && npm run --silent build`.nothrow();
const report = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'zs-test-')), 'report.json');
const projects = options.project === undefined ? [] : ['--project', options.project];
const tests =
  await $`vitest run --config test/vitest.config.ts ${projects} --reporter default --reporter json --outputFile ${report} ${options._}`.nothrow();

const figures: Report = (await fs.pathExists(report))
  ? await fs.readJson(report)
  : { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };
const notRun = figures.numPendingTests + figures.numTodoTests;
const brokenFiles =
  tests.exitCode !== 0 && figures.numFailedTests === 0 ? Math.max(1, figures.numFailedTestSuites) : 0;
const failed = figures.numFailedTests + brokenFiles + (checks.exitCode === 0 ? 0 : 1);
await fs.remove(path.dirname(report));

if (checks.exitCode !== 0) console.log('types, lint, import directions or build: failed');
if (notRun > 0) console.log(`not run: ${notRun}`);
console.log(`${figures.numPassedTests} passed, ${failed} failed`);
const incomplete = notRun > 0 && process.env.CI === 'true';
process.exitCode = failed > 0 || figures.numPassedTests === 0 || incomplete ? 1 : 0;
