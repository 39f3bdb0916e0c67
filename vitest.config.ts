import { defineConfig } from 'vitest/config';
import { runs } from './test/support/random.js';

/**
 * Nine suites, one runner. `unit` needs Node alone, and so do `long` and `fuzz`, which take minutes; `services` needs DATABASE_URL and
 * KAFKA_BROKERS; `data` needs TAGWATCH_DATA, `data-services` both; `browser` and `soak` (twelve minutes by itself) need Chromium,
 * `documents` what `.ci/documents` installs. A suite whose needs are not met
 * fails: it never skips. A test's time, and that of what it looks for again and again (`expect.poll`), only ends what hangs: a busy machine
 * is no fault.
 */
const suite = (
  name: string,
  include: string[],
  { testTimeout = runs(240_000), isolate = true, execArgv = [] as string[] } = {},
) => ({
  test: {
    name,
    include,
    testTimeout,
    isolate,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    setupFiles: ['test/support/properties.ts'],
    // What dies young is collected at once and rarely: a twentieth of a suite's processor time.
    execArgv: ['--max-semi-space-size=32', ...execArgv],
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/made-database.ts'],
    projects: [
      // A worker loads the program once and not once a file: loading was most of what many small files took.
      suite('unit', ['test/**/*.test.ts'], { isolate: false }),
      suite('long', ['test/**/*.long.ts'], { testTimeout: 3_600_000 }),
      suite('fuzz', ['test/**/*.fuzz.ts'], { testTimeout: 86_400_000 }),
      // What `pg` and kafkajs call deprecated is a fault of ours: two queries at once in one transaction are.
      suite('services', ['test/**/*.services.ts'], { execArgv: ['--throw-deprecation'] }),
      suite('data', ['test/**/*.data.ts']),
      suite('data-services', ['test/**/*.data-services.ts']),
      suite('browser', ['test/**/*.browser.ts']),
      suite('soak', ['test/**/*.soak.ts'], { testTimeout: 3_600_000 }),
      suite('documents', ['test/**/*.documents.ts']),
    ],
  },
});
