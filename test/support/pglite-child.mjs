/** Writes rows into the embedded database, two a transaction, and tells its parent after each commit; runs until killed. */
import { openPglite } from '../../dist/store/pglite.js';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const db = await openPglite({ directory: process.argv[2], log });
await db.execute('create table if not exists kept (id bigint primary key)');
for (let count = 1; ; count++) {
  await db.transaction(async (tx) => {
    await tx.query('insert into kept values ($1)', [count * 2 - 1]);
    await tx.query('insert into kept values ($1)', [count * 2]);
  });
  process.send(count);
}
