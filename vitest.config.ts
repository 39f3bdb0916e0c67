import { defineConfig } from 'vitest/config';

/**
 * Five suites, one runner. `unit` needs Node alone; `services` needs DATABASE_URL and KAFKA_BROKERS; `data` needs
 * TAGWATCH_DATA, `data-services` both; `browser` needs Chromium. A suite whose needs are not met fails: it never skips.
 */
const suite = (name: string, include: string[]) => ({
  test: { name, include, testTimeout: 60_000, hookTimeout: 120_000 },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit', ['test/**/*.test.ts']),
      suite('services', ['test/**/*.services.ts']),
      suite('data', ['test/**/*.data.ts']),
      suite('data-services', ['test/**/*.data-services.ts']),
      suite('browser', ['test/**/*.browser.ts']),
    ],
  },
});
