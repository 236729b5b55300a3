import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/prepare-databases.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Much of the time goes into waiting, so one more than the two cores that the suite is made for.
    maxWorkers: 3,
    // Nothing here replaces modules or keeps state in them, and loading them anew took longer than many a test.
    isolate: false,
  },
})
