import type { TestProject } from 'vitest/node';
import { makePackage } from '../../../scripts/package.mts';
import { sweepRunDirs } from './run-dir.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The package under test. */
    deb: string;
  }
}

/** Before the first machine: the package is made of the sources as they are now. */
export default async function setup(project: TestProject): Promise<void> {
  await sweepRunDirs();
  await import('../../../scripts/build.mts');
  project.provide('deb', await makePackage());
}
