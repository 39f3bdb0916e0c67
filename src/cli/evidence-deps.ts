/** What `tagwatch evidence` needs of the machine it runs on. */
import type { Database } from '../ports/database.js';
import type { SayInAudit } from './command-audit.js';

export interface EvidenceDeps {
  /** Opened only when the call is understood. */
  openDatabase(): Promise<Database> | Database;
  /** Told of each pack before it is handed out. */
  readonly audit: SayInAudit;
  readonly keyFile: string;
  /** Of the authority that is asked for time stamps; null: none is. */
  readonly timeStampUrl: string | null;
  readonly nowMs: () => number;
  /** Who is at the keyboard. */
  readonly user: string;
  readonly program: { readonly version: string; readonly engine: string };
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}
