/** A database that is away, for what must work or refuse without it. */
import { type Database, DatabaseUnavailable } from '../../src/ports/database.js';

const away = async () => {
  throw new DatabaseUnavailable('away');
};

export const databaseAway: Database = {
  query: away,
  transaction: away,
  execute: away,
  listen: away,
  tryLock: away,
  close: async () => {},
};
