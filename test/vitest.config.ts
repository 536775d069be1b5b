import { defineConfig } from 'vitest/config';

/**
 * One project a room of test/: unit and screens are quick, services start real servers, vm boots machines. Half of the
 * time is waiting (for a countdown, a server's start, a person's patience): one more file than a small machine has
 * processors fills it.
 */
const project = (name: string, seconds: number) => ({
  test: {
    name,
    root: new URL('..', import.meta.url).pathname,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
    // Whoever waits for something waits until it is there: a busy machine may take long over it.
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 3,
  },
});

/** Machines take both processors, so their tests run one after the other and after all others. */
const machines = (name: string, include: string[]) => ({
  test: {
    ...project(name, 900).test,
    include,
    globalSetup: ['test/vm/driver/setup.ts'],
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
});

export default defineConfig({
  test: {
    maxWorkers: 3,
    projects: [
      project('unit', 60),
      project('screens', 300),
      project('services', 300),
      machines('vm', ['test/vm/**/*.test.ts']),
      machines('vm-short', ['test/vm/short.test.ts']),
    ],
  },
});
