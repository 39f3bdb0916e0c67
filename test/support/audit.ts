/** Audit entries for tests, and a trail that remembers what it was told. */
import type { AuditEntry, AuditFacts, AuditTrail } from '../../src/ports/audit.js';
import { AuditUnavailable } from '../../src/ports/audit.js';

export const factsAt = (n: number, more: Partial<AuditFacts> = {}): AuditFacts => ({
  what: 'records.read',
  act: 'consultation',
  when: new Date(Date.UTC(2026, 10, 28, 9) + n * 1_000).toISOString(),
  who: 'https://idp.example#me',
  subjectId: `W-${n}`,
  subjectType: 'wearer',
  wearerIds: [`W-${n}`],
  outcome: 'done',
  operationId: 'GET /api/v1/wearers/:wearerId',
  correlationId: `request-${n}`,
  ...more,
});

export const entryAt = (n: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...factsAt(n),
  service: 'tagwatch test',
  writer: 'w1',
  n,
  ...more,
});

export interface RememberingTrail extends AuditTrail {
  readonly said: AuditFacts[];
  isAway: boolean;
}

/** While it is away, appending rejects and keeping does not. */
export function createRememberingTrail(): RememberingTrail {
  const trail: RememberingTrail = {
    said: [],
    isAway: false,
    isPresent: () => !trail.isAway,
    async append(facts) {
      if (trail.isAway) throw new AuditUnavailable('away');
      trail.said.push(facts);
    },
    async keep(facts) {
      trail.said.push(facts);
    },
  };
  return trail;
}
