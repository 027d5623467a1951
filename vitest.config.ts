import { defineConfig } from 'vitest/config'

// oxlint-disable-next-line import/no-default-export -- vitest asks for one
export default defineConfig({
  cacheDir: 'tests/.tmp/vite',
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/support/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The order of the files is drawn anew for each run; vitest prints the seed, `--sequence.seed` repeats it.
    sequence: { shuffle: { files: true, tests: false }, seed: Date.now() },
  },
})
