/** Whom alerts name: those to whom one can be given, as long as no list of people is served. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import { TAGWATCH } from '../../alerts/event.js';

export function knownPeople(items: Iterable<AlertItem>): string[] {
  const people = new Set<string>();
  for (const { acknowledgedBy, ownedBy, disposedBy, suspension, review, victimContact } of items) {
    for (const subjectId of [acknowledgedBy, ownedBy, disposedBy, suspension?.by, review?.by, victimContact?.by])
      if (subjectId !== undefined && subjectId !== TAGWATCH) people.add(subjectId);
  }
  return [...people].sort();
}
