/**
 * How bad an alert is, by a table in configuration, and why. The engine says what it found and its own severity; where the event is
 * appended, and nowhere later, the table decides, and its id goes with the event: so what stands in the log says by which table it was
 * judged, a change holds for what is told from then on, and the fold needs no table. Pure.
 */
import type { AlertKind, Severity, ZonePriority } from '../engine/types.js';
import type { FindingEvent } from './event.js';

export interface SeverityTable {
  /** By kind, or by kind and priority of the zone; what is not named is as the engine has it. */
  readonly kinds: Readonly<Partial<Record<AlertKind, Severity | Readonly<Partial<Record<ZonePriority, Severity>>>>>>;
  /** Of a wearer in custody, whatever else; null: custody changes nothing. */
  readonly inCustody: Severity | null;
}

export const DEFAULT_SEVERITY: SeverityTable = { kinds: {}, inCustody: null };

/** What a severity goes by, beside the kind. */
type SeverityFact = NonNullable<FindingEvent['severityBecause']>[number];

function factsOf({ zonePriority, inCustody }: FindingEvent): SeverityFact[] {
  const facts: SeverityFact[] = [];
  if (zonePriority === 'victim') facts.push('victim-zone');
  if (zonePriority === 'high') facts.push('high-priority-zone');
  if (inCustody) facts.push('in-custody');
  return facts;
}

function lookUp({ kind, zonePriority = 'standard', inCustody }: FindingEvent, table: SeverityTable): Severity | null {
  if (inCustody && table.inCustody !== null) return table.inCustody;
  const row = table.kinds[kind];
  return (typeof row === 'object' ? row[zonePriority] : row) ?? null;
}

/** `tableId`: what names the table in the event; null: it is the default one. */
export function tellSeverity(finding: FindingEvent, table: SeverityTable, tableId: string | null): FindingEvent {
  const facts = factsOf(finding);
  const severity = lookUp(finding, table);
  return {
    ...finding,
    ...(severity === null ? {} : { severity }),
    ...(facts.length === 0 ? {} : { severityBecause: facts }),
    ...(tableId === null ? {} : { severityTable: tableId }),
  };
}
