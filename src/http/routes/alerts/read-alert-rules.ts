/** `GET /api/v1/alert-rules`: by which table alerts are severe, and to whom they climb, so that nobody has to guess. */
import { Type } from 'typebox';
import type { EscalationTable } from '../../../alerts/escalation.js';
import type { SeverityTable } from '../../../alerts/severity.js';
import type { App } from '../../app.js';

const SeverityName = Type.Enum(['low', 'medium', 'high', 'critical']);
const Steps = Type.Unsafe<EscalationTable['low']>(
  Type.Array(Type.Object({ afterSeconds: Type.Integer(), to: Type.String({ description: 'a role' }) })),
);

const Answer = Type.Object({
  severityTable: Type.Union([Type.String(), Type.Null()], {
    description: 'as `severityTable` of the alerts that were judged by it; null: none is configured',
  }),
  severity: Type.Object({
    kinds: Type.Unsafe<SeverityTable['kinds']>(
      Type.Record(Type.String(), Type.Unknown(), { description: 'by kind, or by kind and priority of the zone' }),
    ),
    inCustody: Type.Union([SeverityName, Type.Null()]),
  }),
  escalation: Type.Object({ critical: Steps, high: Steps, medium: Steps, low: Steps }),
});

export interface AlertRulesTold {
  readonly severityTableId: string | null;
  readonly severity: SeverityTable;
  readonly escalation: EscalationTable;
}

export function registerReadAlertRules(app: App, { severityTableId, severity, escalation }: AlertRulesTold): void {
  const schema = {
    summary: 'How bad an alert is by kind and zone, and to whom it climbs after how long',
    tags: ['alerts'],
    response: { 200: Answer },
  };
  const config = { operation: 'alerts.read', keepsToScope: true } as const;
  app.get('/api/v1/alert-rules', { schema, config }, async () => ({
    severityTable: severityTableId,
    severity: { ...severity },
    escalation,
  }));
}
