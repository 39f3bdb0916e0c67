/** A preview goes on where somebody else makes one of the same records meanwhile. */
import { DatabaseBusy } from '../../../ports/database.js';
import { sqlState } from '../../../store/errors.js';

/** PostgreSQL's. */
const UNIQUE_VIOLATION = '23505';
/** How often it is tried. */
const PREVIEW_TRIES = 4;

/** Again where somebody was first, whose record is there then. */
export async function previewAgain<T>(preview: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await preview();
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      if (tries === PREVIEW_TRIES) throw new DatabaseBusy('others write the same records');
    }
  }
}
