/** Chains what the apis said in `tagwatch.audit`, in the order of that log. */
import { BEFORE_FIRST, hashLink } from '../../audit/chain.js';
import type { AuditEntry, ChainLink } from '../../ports/audit.js';
import type { RecordTables } from '../../ports/record-tables.js';
import { AUDIT } from '../../ports/topics.js';
import type { RecorderCounters } from './options.js';
import { bytesOfRecord, readJson, type Sink } from './sinks.js';

/** Under which the record's place in the audit topic stands. */
export const AUDIT_READER = 'tagwatch-recorder-audit';

const nameOf = ({ writer, n }: AuditEntry): string => `${writer} ${n}`;

function readEntry(value: Record<string, unknown>): AuditEntry {
  const { what, when, writer, n } = value;
  const isOne =
    typeof what === 'string' &&
    typeof when === 'string' &&
    !Number.isNaN(Date.parse(when)) &&
    typeof writer === 'string' &&
    Number.isSafeInteger(n) &&
    Number(n) > 0;
  if (!isOne) throw new Error('the audit entry has no what, when, writer or n');
  return value as unknown as AuditEntry;
}

export function auditSink(deps: {
  readonly tables: RecordTables;
  readonly epoch: string;
  readonly counters: RecorderCounters;
}): Sink<AuditEntry> {
  const { tables, epoch, counters } = deps;
  return {
    topic: AUDIT,
    group: AUDIT_READER,
    keyIsTag: false,
    // Nobody waits for it, and a transaction costs as much as some hundred rows.
    waitsForCompany: true,
    read: (record) => [{ place: 0, content: readEntry(readJson(record)) }],
    bytesOf: ({ record }) => bytesOfRecord(record),
    tagOf: () => null,
    async prepare() {},
    // Whoever moves the position has it to itself until the end of the transaction, so nobody else adds to the chain meanwhile.
    async write(tx, items) {
      const last = await tables.readLastLink(tx);
      const chained = new Set(
        await tables.findChained(
          tx,
          items.map(({ content }) => content),
        ),
      );
      const links: ChainLink[] = [];
      let previous = last?.hash ?? BEFORE_FIRST;
      let position = last?.position ?? 0;
      for (const { record, content: entry } of items) {
        // Appended twice, because nobody knew whether the first time had succeeded.
        if (chained.has(nameOf(entry))) continue;
        chained.add(nameOf(entry));
        position++;
        previous = hashLink(previous, record.offset, entry);
        links.push({ position, epoch, offset: record.offset, entry, hash: previous });
      }
      await tables.insertLinks(tx, links);
      return () => counters.auditChained(links.length);
    },
  };
}
