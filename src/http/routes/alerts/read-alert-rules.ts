/** `GET /api/v1/alert-rules`: by which tables alerts are severe, climb and are looked at in order, so that nobody has to guess. */
import { Type } from 'typebox';
import type { EscalationTable } from '../../../alerts/escalation.js';
import type { SeverityTable } from '../../../alerts/severity.js';
import { DEFAULT_PRIORITY, type PriorityTable } from '../../../wire/priority.js';
import type { App } from '../../app.js';

const SeverityName = Type.Enum(['low', 'medium', 'high', 'critical']);
const Steps = Type.Unsafe<EscalationTable['low']>(
  Type.Array(Type.Object({ afterSeconds: Type.Integer(), to: Type.String({ description: 'a role' }) })),
);

const numbersOf = (names: object) =>
  Type.Object(Object.fromEntries(Object.keys(names).map((name) => [name, Type.Integer()])));
const Priority = Type.Unsafe<PriorityTable>(
  Type.Object(
    {
      rag: numbersOf(DEFAULT_PRIORITY.rag),
      wanted: numbersOf(DEFAULT_PRIORITY.wanted),
      last: Type.Object({ inCustody: Type.Boolean(), dealtWith: Type.Boolean() }),
    },
    { description: 'by how many severities a fact of the wearer moves an alert up, and what is looked at last' },
  ),
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
  priority: Priority,
  priorityTable: Type.Union([Type.String(), Type.Null()], { description: 'null: none is configured' }),
});

export interface AlertRulesTold {
  readonly severityTableId: string | null;
  readonly severity: SeverityTable;
  readonly escalation: EscalationTable;
  readonly priority: PriorityTable;
  readonly priorityTableId: string | null;
}

export function registerReadAlertRules(app: App, rules: AlertRulesTold): void {
  const { severityTableId, severity, escalation, priority, priorityTableId } = rules;
  const schema = {
    summary: 'How bad an alert is by kind and zone, to whom it climbs after how long, and in which order people look',
    tags: ['alerts'],
    response: { 200: Answer },
  };
  const config = { operation: 'alerts.read', keepsToScope: true } as const;
  app.get('/api/v1/alert-rules', { schema, config }, async () => ({
    severityTable: severityTableId,
    severity: { ...severity },
    escalation,
    priority,
    priorityTable: priorityTableId,
  }));
}
