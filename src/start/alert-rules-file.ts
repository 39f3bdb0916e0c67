/** `TAGWATCH_ALERT_RULES_FILE`: how bad an alert is, and to whom it climbs after how long. */
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { DEFAULT_ESCALATION, type EscalationTable } from '../alerts/escalation.js';
import { DEFAULT_SEVERITY, type SeverityTable } from '../alerts/severity.js';
import { parseCheckedFile } from '../http/plugins/checked-file.js';
import { ALERT_KINDS } from '../wire/alert-schemas.js';
import { readNamed } from './named-file.js';

export interface AlertRules {
  readonly severity: SeverityTable;
  /** Names the table in events; null: none is configured. */
  readonly severityTableId: string | null;
  readonly escalation: EscalationTable;
}

export const DEFAULT_ALERT_RULES: AlertRules = {
  severity: DEFAULT_SEVERITY,
  severityTableId: null,
  escalation: DEFAULT_ESCALATION,
};

const closed = { additionalProperties: false } as const;
const SeverityName = Type.Enum(['low', 'medium', 'high', 'critical']);
const Steps = Type.Array(
  Type.Object(
    { afterSeconds: Type.Integer({ minimum: 1, maximum: 604_800 }), to: Type.Enum(['supervisor', 'sergeant']) },
    closed,
  ),
  { maxItems: 10 },
);
const Row = Type.Object(
  {
    victim: Type.Optional(SeverityName),
    high: Type.Optional(SeverityName),
    standard: Type.Optional(SeverityName),
  },
  closed,
);
const Kinds = Type.Object(
  Object.fromEntries(ALERT_KINDS.map((kind) => [kind, Type.Optional(Type.Union([SeverityName, Row]))])),
  closed,
);
const File = Type.Object(
  {
    severity: Type.Optional(
      Type.Object({ kinds: Type.Optional(Kinds), inCustody: Type.Optional(SeverityName) }, closed),
    ),
    escalation: Type.Optional(
      Type.Object(
        {
          critical: Type.Optional(Steps),
          high: Type.Optional(Steps),
          medium: Type.Optional(Steps),
          low: Type.Optional(Steps),
        },
        closed,
      ),
    ),
  },
  closed,
);
const file = Compile(File);

const ID_CHARACTERS = 12;

/** Throws, naming every place that is wrong. */
export function parseAlertRules(text: string): AlertRules {
  const said = parseCheckedFile(file, text);
  for (const [severity, steps] of Object.entries(said.escalation ?? {}))
    if (steps.some(({ afterSeconds }, i) => i > 0 && afterSeconds <= steps[i - 1]!.afterSeconds))
      throw new Error(`/escalation/${severity} each step must come later than the one before`);
  const table: SeverityTable | null =
    said.severity === undefined
      ? null
      : { kinds: (said.severity.kinds ?? {}) as SeverityTable['kinds'], inCustody: said.severity.inCustody ?? null };
  return {
    severity: table ?? DEFAULT_SEVERITY,
    severityTableId:
      table === null ? null : createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, ID_CHARACTERS),
    escalation: { ...DEFAULT_ESCALATION, ...said.escalation },
  };
}

/** `path`: null where none is configured. Throws where the file cannot be used, saying why. */
export const readAlertRules = (path: string | null): AlertRules =>
  path === null ? DEFAULT_ALERT_RULES : readNamed('TAGWATCH_ALERT_RULES_FILE', path, parseAlertRules);
