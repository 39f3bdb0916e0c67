/**
 * What a request to recall begins from: the answers that the record gives, for a person to go through. The request is shared with the
 * wearer, so how the force judges and warns, and where a victim is, goes to what is not disclosed.
 */
import type { Alert } from '../alerts/alert.js';
import { isFinding } from '../alerts/event.js';
import { concernsVictim } from '../alerts/victim.js';
import { isBreach } from '../alerts/violation.js';
import { bothTimes, CERTAINTY_WORDS, certaintyOf, DECISION_WORDS, summarise } from '../evidence/finding-sentences.js';
import type { PackAlert } from '../evidence/pack-model.js';
import type { CohortRecord } from '../ports/cohort-records.js';
import type { Queryable } from '../ports/database.js';
import type { ConditionContent } from '../records/kinds/condition.js';
import { listAlerts, readAlert } from '../store/alerts.js';
import { readCohort } from '../store/cohort.js';
import { listOrders, type OrderOnRecord } from '../store/recalls.js';
import { recordStore } from '../store/record-store.js';
import { readWording } from '../store/wordings.js';
import { conditionWords, ORDER_WORDS, wordingWords } from '../wire/condition-words.js';
import { type RecallType, recallTypeOf, whyNoRecall } from '../wire/order.js';
import { MAX_ANSWER_LENGTH, type RecallForm } from '../wire/recall.js';

/** As `PUT /recalls/{recallId}` takes it, and what it asks for. */
export interface RecallDraft {
  readonly wearerId: string;
  readonly orderId: string;
  readonly alertIds: readonly string[];
  readonly form: RecallForm;
  readonly nonDisclosure: string;
  readonly state: 'draft';
}
export type Drafted =
  | { readonly draft: RecallDraft; readonly type: RecallType }
  /** Why nobody can ask for it. */
  | { readonly refused: string }
  | { readonly missing: string };

export interface DraftQuery {
  readonly wearerId: string;
  readonly alertIds: readonly string[];
  /** Without it: that of the alerts' conditions, or else the one in force. */
  readonly orderId?: string;
  readonly nowMs: number;
}

/** How far back other alerts say what was tried, days. */
const BEFORE_DAYS = 90;
const DAY_MS = 86_400_000;
const MAX_BEFORE = 500;
const PROTECTED = 'a protected zone, which is named in what is not disclosed';
const WORDING_APART = 'The words of the order stand in what is not disclosed, as they may tell whom it protects.';
const toTimes = (atMs: number): string => bothTimes(new Date(atMs).toISOString());
const CUT = ' … [cut here: it is longer than this form takes; the record has all of it]';
const shorten = (text: string): string =>
  text.length <= MAX_ANSWER_LENGTH ? text : `${text.slice(0, MAX_ANSWER_LENGTH - CUT.length)}${CUT}`;

/** In one snapshot of the record. */
export async function draftRequest(db: Queryable, query: DraftQuery): Promise<Drafted> {
  const { wearerId, nowMs } = query;
  const alerts: PackAlert[] = [];
  for (const alertId of [...new Set(query.alertIds)].sort()) {
    const stored = await readAlert(db, alertId);
    if (stored?.alert.finding.wearerId !== wearerId) return { missing: `There is no alert ${alertId} on record.` };
    const wording = await readWording(db, stored.alert.finding);
    alerts.push({
      ...stored,
      findings: stored.events.map(({ event }) => event).filter(isFinding),
      inputs: null,
      wording,
    });
  }
  alerts.sort((a, b) => (a.alert.raisedAt < b.alert.raisedAt ? -1 : 1));
  const conditions = await readConditions(db, alerts);
  const named = [...conditions.values()];
  const orders = await listOrders(db, wearerId);
  const order = chooseOrder(orders, query, named);
  if (order === undefined) {
    if (query.orderId !== undefined) return { missing: `Wearer ${wearerId} has no order ${query.orderId}.` };
    return { refused: 'No order of this wearer is on record: without one there is nothing to recall from.' };
  }
  const noPower = whyNoRecall(order.type);
  if (noPower !== null) return { refused: `Under order ${order.orderId} ${noPower}.` };
  const [record] = await readCohort(db, [wearerId], { nowMs, fromMs: nowMs - BEFORE_DAYS * DAY_MS });
  const before = await listAlerts(db, {
    wearerId,
    from: new Date(nowMs - BEFORE_DAYS * DAY_MS).toISOString(),
    limit: MAX_BEFORE + 1,
  });
  const form: RecallForm = {
    conditions: [orderWords(order), ...breachedOf(alerts, conditions)].join('\n'),
    circumstances: alerts.flatMap((pack) => circumstancesOf(pack, conditions)).join('\n'),
    alternatives: alternativesOf(before, query.alertIds),
    arrestIssues: record === undefined ? '' : arrestIssuesOf(record, alerts),
    contacts: 'Offender manager: \nOfficer in the case: \nOut of hours: ',
    mappa: record === undefined ? '' : mappaOf(record),
    rosh: '',
  };
  return {
    type: recallTypeOf(order.type),
    draft: {
      wearerId,
      orderId: order.orderId,
      alertIds: alerts.map(({ alert }) => alert.alertId).sort(),
      form: Object.fromEntries(
        Object.entries(form).map(([name, text]) => [name, shorten(text)]),
      ) as unknown as RecallForm,
      nonDisclosure: shorten(notDisclosed(record, alerts, named)),
      state: 'draft',
    },
  };
}

interface NamedCondition {
  readonly orderId: string | null;
  /** For the wearer's eyes. */
  readonly words: string;
  /** What the order says, or why it is not told here. */
  readonly wording: string;
  /** Where the zone is one that they may not know; null: it is not. */
  readonly hidden: string | null;
}

type NamedConditions = ReadonlyMap<string, NamedCondition>;
/** A version of a condition with its words at the time; null: the alert is about none. */
const conditionOf = ({ alert: { finding }, wording }: PackAlert): string | null =>
  finding.conditionId === null ? null : `${finding.conditionId}@${finding.conditionVersion} ${wording ?? ''}`;

async function readConditions(db: Queryable, alerts: readonly PackAlert[]): Promise<NamedConditions> {
  const found = new Map<string, NamedCondition>();
  for (const pack of alerts) {
    const { conditionId, conditionVersion, zoneId, zoneVersion } = pack.alert.finding;
    const key = conditionOf(pack);
    if (key === null || conditionId === null || found.has(key)) continue;
    const stood = await findVersion<ConditionContent>(db, 'condition', conditionId, conditionVersion);
    const zone =
      zoneId === null ? undefined : await findVersion<{ readonly name: string }>(db, 'zone', zoneId, zoneVersion);
    if (stood === undefined) continue;
    const name = zone?.name ?? zoneId ?? 'the zone';
    const isHidden = concernsVictim(pack.alert);
    const version = `Condition ${conditionId}, version ${conditionVersion}`;
    // Also an id may say whom it protects.
    const shown = isHidden ? `Condition ${found.size + 1} of this request` : version;
    const wording = wordingWords(pack.wording);
    found.set(key, {
      orderId: stood.orderId ?? null,
      words: `${shown}: ${conditionWords(stood, isHidden ? PROTECTED : name)}`,
      // The words of the order may name whom it protects.
      wording: isHidden && pack.wording !== null ? WORDING_APART : wording,
      hidden: isHidden
        ? `${shown} is ${version}: the zone is ${name}, ${zoneId} version ${zoneVersion}. ${wording}`
        : null,
    });
  }
  return found;
}

/** What is only suspected, was withdrawn or excused, or is a warning stands among the circumstances, as what it is. */
function breachedOf(alerts: readonly PackAlert[], conditions: NamedConditions): string[] {
  const keys = new Set(alerts.filter(({ alert }) => isBreach(alert)).map(conditionOf));
  const words = [...conditions].flatMap(([key, { words, wording }]) => (keys.has(key) ? `${words} ${wording}` : []));
  return words.length > 0
    ? words
    : [
        'None of the alerts named here is a breach that the evidence of the tag confirmed and that stands. Say which condition was breached, and by what that is known.',
      ];
}

async function findVersion<C>(
  db: Queryable,
  kind: 'condition' | 'zone',
  id: string,
  version: number | null,
): Promise<C | undefined> {
  if (version === null) return undefined;
  const [found] = await recordStore.versions(db, kind, id, version - 1, 1);
  return found?.content as C | undefined;
}

function chooseOrder(
  orders: readonly OrderOnRecord[],
  { orderId, nowMs }: DraftQuery,
  conditions: readonly NamedCondition[],
): OrderOnRecord | undefined {
  if (orderId !== undefined) return orders.find((order) => order.orderId === orderId);
  const named = conditions.flatMap((condition) => condition.orderId ?? []);
  const isInForce = ({ startsAtMs, endsAtMs }: OrderOnRecord) => startsAtMs <= nowMs && (endsAtMs ?? Infinity) > nowMs;
  const own = orders.find((order) => named.includes(order.orderId));
  // Of those in force one that gives a power, where there is one.
  const inForce = orders.filter(isInForce);
  return own ?? inForce.find(({ type }) => whyNoRecall(type) === null) ?? inForce[0] ?? orders[0];
}

function orderWords({ orderId, type, startsAtMs, endsAtMs }: OrderOnRecord): string {
  const until = endsAtMs === null ? '' : ` until ${toTimes(endsAtMs)}`;
  return `${ORDER_WORDS[type]}, order ${orderId}, from ${toTimes(startsAtMs)}${until}.`;
}

/** Nothing of a place is in these: they are what every edition of a pack says. */
function circumstancesOf(pack: PackAlert, conditions: NamedConditions): string[] {
  const { alertId, acknowledgedAt, disposition, disposedAt } = pack.alert;
  const condition = conditions.get(conditionOf(pack) ?? '');
  return [
    `Alert ${alertId}: ${CERTAINTY_WORDS[certaintyOf(pack)]}.`,
    ...(isBreach(pack.alert) ? [] : ['It is not counted as a breach here.']),
    ...(condition === undefined ? [] : [`About ${condition.words}`]),
    ...summarise(pack),
    ...(acknowledgedAt === undefined ? [] : [`First seen by a person at ${bothTimes(acknowledgedAt)}.`]),
    ...(disposition === undefined || disposedAt === undefined
      ? []
      : [`A person decided at ${bothTimes(disposedAt)}: ${DECISION_WORDS[disposition]}.`]),
    '',
  ];
}

function alternativesOf(before: readonly Alert[], named: readonly string[]): string {
  const others = before.filter(({ alertId, finding }) => !named.includes(alertId) && finding.type !== 'withdrawn');
  const counts = new Map<string, number>();
  for (const { disposition } of others) {
    const words = disposition === undefined ? 'not decided yet' : DECISION_WORDS[disposition];
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const said = [...counts].sort().map(([words, count]) => `${words}: ${count}`);
  const atLeast = before.length > MAX_BEFORE ? `more than ${MAX_BEFORE} alerts, of the newest of which ` : '';
  return `In the ${BEFORE_DAYS} days before, ${atLeast}${others.length === 1 ? 'one other alert' : `${others.length} other alerts`}${said.length === 0 ? '' : ` (${said.join('; ')})`}.\n`;
}

function arrestIssuesOf({ activations }: CohortRecord, alerts: readonly PackAlert[]): string {
  const heardAtMs = Math.max(...activations.map(({ heard }) => heard?.lastFixAtMs ?? -Infinity));
  const isInCustody = alerts.some(({ alert }) => alert.finding.inCustody === true);
  return [
    ...(isInCustody
      ? ['The wearer was on record as in custody when an alert was raised: look before anybody is sent.']
      : []),
    Number.isFinite(heardAtMs)
      ? `The tag told its last position on record at ${toTimes(heardAtMs)}; where the wearer is now, the console says.`
      : `The tag has told no position in the last ${BEFORE_DAYS} days.`,
    '',
  ].join('\n');
}

function mappaOf({ mappa }: CohortRecord): string {
  if (mappa === null || mappa.content.category === null || mappa.content.level === null)
    return 'Not managed under MAPPA, as far as is on record here.';
  return `MAPPA category ${mappa.content.category}, level ${mappa.content.level}, since ${bothTimes(mappa.since)}.`;
}

function notDisclosed(
  record: CohortRecord | undefined,
  alerts: readonly PackAlert[],
  conditions: readonly NamedCondition[],
): string {
  const { flags, rag } = record ?? {};
  const contacts = alerts.flatMap(({ alert: { alertId, victimContact } }) =>
    victimContact === undefined
      ? []
      : [`Victim, about alert ${alertId}: ${victimContact.outcome} at ${bothTimes(victimContact.contactedAt)}.`],
  );
  return [
    ...conditions.flatMap(({ hidden }) => hidden ?? []),
    ...contacts,
    ...(flags == null || flags.content.flags.length === 0 ? [] : [`Warnings: ${flags.content.flags.join('; ')}.`]),
    ...(rag == null
      ? []
      : [
          `The force rates the wearer ${rag.content.rating} since ${bothTimes(rag.since)}. That is no assessment of risk of serious harm.`,
        ]),
  ].join('\n');
}
