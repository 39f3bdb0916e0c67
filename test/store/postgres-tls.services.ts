import { afterEach, expect, test } from 'vitest';
import type { Database } from '../../src/ports/database.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { sharedDatabaseUrl, tlsDatabaseUrl } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const opened: Database[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function isEncrypted(url: string): Promise<boolean> {
  const db = connectPostgres({ url, log: silentLog, poolSize: 1 });
  opened.push(db);
  const { rows } = await db.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  return rows[0]!.ssl;
}

test('PostgreSQL by TLS, its certificate held against who signed it and the address by which it is reached', async () => {
  expect(await isEncrypted(tlsDatabaseUrl())).toBe(true);
  expect(await isEncrypted(sharedDatabaseUrl())).toBe(false);
});

test.each(['verify-full', 'verify-ca', 'require', 'prefer'])(
  'with sslmode=%s a server is not believed whose certificate others have signed, or that is for another name',
  async (sslmode) => {
    const stranger = new URL(sharedDatabaseUrl());
    stranger.searchParams.set('sslmode', sslmode);
    await expect(isEncrypted(stranger.href)).rejects.toThrow(/certificate|self.signed/i);
    const otherName = new URL(tlsDatabaseUrl(sslmode));
    otherName.hostname = 'localhost';
    await expect(isEncrypted(otherName.href)).rejects.toThrow(/does not match|altnames/i);
  },
);

test('LISTEN and locks come by TLS as well', async () => {
  const db = connectPostgres({ url: tlsDatabaseUrl(), log: silentLog, poolSize: 1 });
  opened.push(db);
  const { rows } = await db.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'tagwatch' and pid = pg_backend_pid() and ssl",
  );
  expect(rows[0]!.n).toBe(1);
});
