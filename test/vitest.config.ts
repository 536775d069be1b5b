import { defineConfig } from 'vitest/config';

/** One project a room of test/: unit and screens are quick, services start real servers, vm boots machines. */
const project = (name: string, seconds: number) => ({
  test: {
    name,
    root: new URL('..', import.meta.url).pathname,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
  },
});

export default defineConfig({
  test: {
    projects: [project('unit', 20), project('screens', 60), project('services', 120), project('vm', 900)],
  },
});
