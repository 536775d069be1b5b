import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { makePackage } from '../../../scripts/pack/deb.mts';
import { newRunDir, sweepRunDirs } from './run-dir.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The package under test. */
    deb: string;
  }
}

/** Before the first machine the package is made, of the sources as they are now. @returns what clears it away */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepRunDirs();
  await import('../../../scripts/build.mts');
  const dir = await newRunDir();
  project.provide('deb', await makePackage(dir));
  return () => rm(dir, { recursive: true });
}
