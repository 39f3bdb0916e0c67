import { defineConfig } from 'vitest/config';

/**
 * Nine suites, one runner. `unit` needs Node alone, and so do `long` and `fuzz`, which take minutes; `services` needs DATABASE_URL and
 * KAFKA_BROKERS; `data` needs TAGWATCH_DATA, `data-services` both; `browser` and `soak` (twelve minutes by itself) need Chromium,
 * `documents` what `.ci/documents` installs. A suite whose needs are not met
 * fails: it never skips. A test's time, and that of what it looks for again and again (`expect.poll`), only ends what hangs: a busy machine
 * is no fault.
 */
const suite = (name: string, include: string[], testTimeout = 240_000) => ({
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    setupFiles: ['test/support/property-seed.ts'],
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/made-database.ts'],
    projects: [
      suite('unit', ['test/**/*.test.ts']),
      suite('long', ['test/**/*.long.ts'], 1_800_000),
      suite('fuzz', ['test/**/*.fuzz.ts'], 86_400_000),
      suite('services', ['test/**/*.services.ts']),
      suite('data', ['test/**/*.data.ts']),
      suite('data-services', ['test/**/*.data-services.ts']),
      suite('browser', ['test/**/*.browser.ts']),
      suite('soak', ['test/**/*.soak.ts'], 3_600_000),
      suite('documents', ['test/**/*.documents.ts']),
    ],
  },
});
