/** `TAGWATCH_ALERT_RULES_FILE`: how bad an alert is, to whom it climbs after how long, and in which order people look. */
import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { DEFAULT_ESCALATION, type EscalationTable } from '../alerts/escalation.js';
import { DEFAULT_SEVERITY, type SeverityTable } from '../alerts/severity.js';
import { parseCheckedFile } from '../http/plugins/checked-file.js';
import { ALERT_KINDS } from '../wire/alert-schemas.js';
import { DEFAULT_PRIORITY, MAX_PRIORITY_STEPS, type PriorityTable } from '../wire/priority.js';
import { readNamed } from './named-file.js';

export interface AlertRules {
  readonly severity: SeverityTable;
  /** Names the table in events; null: none is configured. */
  readonly severityTableId: string | null;
  readonly escalation: EscalationTable;
  readonly priority: PriorityTable;
  /** Null: it is the one that is built in. */
  readonly priorityTableId: string | null;
}

export const DEFAULT_ALERT_RULES: AlertRules = {
  severity: DEFAULT_SEVERITY,
  severityTableId: null,
  escalation: DEFAULT_ESCALATION,
  priority: DEFAULT_PRIORITY,
  priorityTableId: null,
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
const MovedBy = Type.Optional(Type.Integer({ minimum: -MAX_PRIORITY_STEPS, maximum: MAX_PRIORITY_STEPS }));
const Priority = Type.Object(
  {
    rag: Type.Optional(Type.Object({ red: MovedBy, amber: MovedBy, green: MovedBy, blue: MovedBy }, closed)),
    wanted: Type.Optional(Type.Object({ wanted: MovedBy, 'unlawfully-at-large': MovedBy }, closed)),
    last: Type.Optional(
      Type.Object({ inCustody: Type.Optional(Type.Boolean()), dealtWith: Type.Optional(Type.Boolean()) }, closed),
    ),
  },
  closed,
);
const File = Type.Object(
  {
    severity: Type.Optional(
      Type.Object({ kinds: Type.Optional(Kinds), inCustody: Type.Optional(SeverityName) }, closed),
    ),
    priority: Type.Optional(Priority),
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

const idOf = (table: SeverityTable | PriorityTable): string =>
  createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, ID_CHARACTERS);

const withDefaults = ({ rag, wanted, last }: Static<typeof Priority>): PriorityTable => ({
  rag: { ...DEFAULT_PRIORITY.rag, ...rag },
  wanted: { ...DEFAULT_PRIORITY.wanted, ...wanted },
  last: { ...DEFAULT_PRIORITY.last, ...last },
});

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
  const priority = said.priority === undefined ? null : withDefaults(said.priority);
  return {
    severity: table ?? DEFAULT_SEVERITY,
    severityTableId: table === null ? null : idOf(table),
    escalation: { ...DEFAULT_ESCALATION, ...said.escalation },
    priority: priority ?? DEFAULT_PRIORITY,
    priorityTableId: priority === null ? null : idOf(priority),
  };
}

/** `path`: null where none is configured. Throws where the file cannot be used, saying why. */
export const readAlertRules = (path: string | null): AlertRules =>
  path === null ? DEFAULT_ALERT_RULES : readNamed('TAGWATCH_ALERT_RULES_FILE', path, parseAlertRules);
