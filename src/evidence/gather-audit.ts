/**
 * What the audit has of who looked at what a pack is about, acted on it or took it away: of its wearer alone, as entries that name others
 * beside it tell of them.
 */
import type { ChainLink } from '../ports/audit.js';
import type { Queryable } from '../ports/database.js';
import { type AuditAbout, countAuditAmongOthers, readAuditAbout, readLastLink } from '../store/audit.js';
import type { PackAudit, PackLink } from './pack-model.js';

/** The oldest are nearest to what happened: what is over the limit is what came last. */
const MAX_ENTRIES = 10_000;
const ENTRIES_PER_READ = 500;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export async function readPackAudit(db: Queryable, about: AuditAbout): Promise<PackAudit> {
  const last = await readLastLink(db);
  const links: PackLink[] = [];
  let read: ChainLink[];
  do {
    const after = links.at(-1)?.position ?? 0;
    read = await readAuditAbout(db, about, { after, limit: ENTRIES_PER_READ });
    for (const link of read) links.push({ ...link, hash: hexOf(link.hash) });
  } while (read.length === ENTRIES_PER_READ && links.length <= MAX_ENTRIES);
  return {
    head: last === null ? null : { position: last.position, hash: hexOf(last.hash) },
    fromMs: about.fromMs,
    links: links.slice(0, MAX_ENTRIES),
    isCut: links.length > MAX_ENTRIES,
    amongOthers: await countAuditAmongOthers(db, about),
  };
}
