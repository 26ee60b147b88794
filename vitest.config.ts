import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    passWithNoTests: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // .ci/run counts the tests from this file.
    reporters: ['default', ['json', { outputFile: 'coverage/test-results.json' }]],
  },
})
