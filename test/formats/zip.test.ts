/** A zip has the same bytes wherever it is made. */
import { unzipSync, zipSync } from 'fflate';
import { afterEach, expect, it, vi } from 'vitest';
import { writeZip } from '../../src/formats/zip.js';

const FILES = [
  { name: 'a.txt', bytes: new TextEncoder().encode('a') },
  { name: 'folder/ü.txt', bytes: new TextEncoder().encode('b'.repeat(5_000)) },
];

afterEach(() => vi.unstubAllEnvs());

/** 01:30 of that day is in London on no clock. */
it.each(['2026-03-29T01:30:58Z', '2026-10-25T00:30:00Z', '2026-07-01T12:00:02Z'])('made at %s', (madeAt) => {
  const made = ['UTC', 'Europe/London', 'America/New_York', 'Pacific/Apia'].map((zone) => {
    vi.stubEnv('TZ', zone);
    return writeZip(FILES, Date.parse(madeAt));
  });
  for (const each of made) expect(each).toEqual(made[0]);
  // As another program writes it where local time is UTC.
  vi.stubEnv('TZ', 'UTC');
  const others = zipSync(Object.fromEntries(FILES.map(({ name, bytes }) => [name, bytes])), {
    level: 6,
    mtime: new Date(madeAt),
  });
  expect(made[0]).toEqual(others);
  expect(Object.keys(unzipSync(made[0]!))).toEqual(FILES.map(({ name }) => name));
});
