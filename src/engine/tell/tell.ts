/** Events are the difference between what is found now and what was told. */

import { SAYINGS, type Standing } from '../fold/transitions.js';
import { exactly, type Finding, type HeldBack, type Told } from '../state.js';
import { MAX_HELD_BACK } from '../thresholds.js';
import type { EngineEvent, EventType } from '../types.js';
import { isInCustody, nextCustodyEdgeMs, suspendedUntilMs } from '../watch/wearer-periods.js';
import { eventOf, withdrawal } from './event-of.js';
import { alertIdOf } from './ids.js';
import { match } from './match.js';
import { isAuthorised, isEndTold, isOverInGrace, raiseFromMs, suspensionOf } from './may-tell.js';
import { severityOf } from './severity.js';
import type { Telling } from './telling.js';

export interface Saying {
  readonly events: readonly EngineEvent[];
  readonly told: readonly Told[];
  /** What no input in order of time will change: settled, or withdrawn (then without its finding). */
  readonly over: readonly { readonly told: Told; readonly finding: Finding | null }[];
  readonly heldBack: readonly HeldBack[];
  /** When a tick would say more; Infinity: never. */
  readonly dueAtMs: number;
}

/** Matches findings to what was told, and tells the difference. Both are at most a few. */
export function tell(
  findings: readonly Finding[],
  toldBefore: readonly Told[],
  heldBefore: readonly HeldBack[],
  telling: Telling,
): Saying {
  const isRaisable = (finding: Finding): boolean => !isOverInGrace(finding, telling);
  const matched = match(findings.every(isRaisable) ? findings : findings.filter(isRaisable), toldBefore);
  const events: EngineEvent[] = [];
  const said: Told[] = [];
  const told: Told[] = [];
  const over: { told: Told; finding: Finding | null }[] = [];
  let dueAtMs = Infinity;
  const heldBack: HeldBack[] = [];
  const release = (held: HeldBack): void => {
    const now = sayOne(held.finding, held.told, true, telling, events);
    said.push(now);
    over.push({ told: now, finding: held.finding });
  };
  for (const held of heldBefore) {
    const untilMs = suspendedUntilMs(telling.own, held.told.conditionId, telling.nowMs);
    if (untilMs === null) release(held);
    else heldBack.push(held);
    dueAtMs = Math.min(dueAtMs, untilMs ?? Infinity);
  }
  for (let i = 0; i < matched.findings.length; i++) {
    const finding = matched.findings[i]!;
    const before = matched.told[i]!;
    const isNew = before === null || before.withdrawn;
    const raisedFromMs = isNew ? raiseFromMs(finding, telling) : -Infinity;
    const suspendedMs = isNew ? suspensionOf(finding, telling) : null;
    if (raisedFromMs > telling.nowMs || suspendedMs !== null || (isNew && isAuthorised(finding, telling))) {
      dueAtMs = Math.min(dueAtMs, Math.max(raisedFromMs, suspendedMs ?? -Infinity));
      if (finding.settled && suspendedMs !== null && !isAuthorised(finding, telling)) {
        heldBack.push(holdBack(finding, before, telling));
      } else if (before !== null) told.push(before);
      continue;
    }
    const endTold = finding.end !== null && isEndTold(finding, before, telling.nowMs);
    if (finding.end !== null && !endTold) dueAtMs = Math.min(dueAtMs, finding.end.dueAtMs);
    const now = sayOne(finding, before, endTold, telling, events);
    said.push(now);
    if (finding.settled) {
      over.push({ told: now, finding });
      continue;
    }
    told.push(now);
    if (!endTold) dueAtMs = Math.min(dueAtMs, nextCustodyEdgeMs(telling.own, telling.nowMs));
  }
  while (heldBack.length > MAX_HELD_BACK) release(heldBack.shift()!);
  for (const before of toldBefore) {
    if (matched.told.includes(before)) continue;
    const withdrawn = before.withdrawn ? before : withdraw(before);
    if (!before.withdrawn) events.push(withdrawal(withdrawn, telling, said));
    if (Math.max(before.startedAtMs, before.raisedStartMs) > telling.newestAtMs) told.push(withdrawn);
    else over.push({ told: withdrawn, finding: null });
  }
  return { events, told: exactly(told), over, heldBack: exactly(heldBack), dueAtMs };
}

function withdraw(before: Told): Told {
  const told = copyOf(before);
  told.revision++;
  told.withdrawn = true;
  return told;
}

/** Keeps an episode that is over until it may be told; infinite instants do not outlive JSON. */
function holdBack(finding: Finding, before: Told | null, telling: Telling): HeldBack {
  const end = finding.end === null ? null : { ...finding.end, dueAtMs: finding.end.atMs };
  const told = { ...toldAs(finding, before, telling), withdrawn: true };
  return { finding: { ...finding, end, dueAtMs: finding.startedAtMs }, told, passedAtMs: telling.passedAtMs(finding) };
}

function standing(strength: Told['strength'], ended: boolean): Standing {
  return ended ? `${strength}-ended` : strength;
}

/** Says what differs about one alert, into `events`; returns how it now is told. */
function sayOne(
  finding: Finding,
  before: Told | null,
  endTold: boolean,
  telling: Telling,
  events: EngineEvent[],
): Told {
  const was = before === null || before.withdrawn ? 'nothing' : standing(before.strength, before.endedAtMs !== null);
  const endedAtMs = endTold ? finding.end!.atMs : null;
  const endedAfterMs = endTold ? finding.end!.afterMs : null;
  let types: readonly EventType[] = SAYINGS[was][standing(finding.strength, endTold)];
  const moved =
    was !== 'nothing' &&
    before !== null &&
    (before.startedAtMs !== finding.startedAtMs ||
      before.lastEdgeAtMs !== finding.lastEdgeAtMs ||
      before.reason !== finding.reason ||
      (before.endedAtMs !== null && (before.endedAtMs !== endedAtMs || before.endedAfterMs !== endedAfterMs)));
  const inCustody = isToldInCustody(finding, endedAtMs, telling);
  const custodyChanged = was !== 'nothing' && (before?.inCustody ?? false) !== inCustody;
  if (types.length === 0 && (moved || custodyChanged)) types = ['amended'];
  const told = toldAs(finding, before, telling);
  if (inCustody) told.inCustody = inCustody;
  else if (told.inCustody !== undefined) delete told.inCustody;
  for (let i = 0; i < types.length; i++) {
    told.revision++;
    if (i === types.length - 1) {
      told.endedAtMs = endedAtMs;
      told.endedAfterMs = endedAfterMs;
    }
    events.push(eventOf(types[i]!, finding, told, telling));
  }
  return told;
}

/** Now, so that nobody is sent to a door in vain; of an episode that is over, also when it began. */
function isToldInCustody(finding: Finding, endedAtMs: number | null, { own, nowMs }: Telling): boolean {
  if (own.custodyPeriods.length === 0) return false;
  return isInCustody(own, nowMs, nowMs) || (endedAtMs !== null && isInCustody(own, finding.startedAtMs, nowMs));
}

type ToldDraft = { -readonly [Key in keyof Told]: Told[Key] };

/** Field by field, because a spread takes several times as long. */
function copyOf(told: Told): ToldDraft {
  const copy: ToldDraft = {
    alertId: told.alertId,
    revision: told.revision,
    kind: told.kind,
    severity: told.severity,
    termKey: told.termKey,
    conditionId: told.conditionId,
    conditionVersion: told.conditionVersion,
    zoneId: told.zoneId,
    zoneVersion: told.zoneVersion,
    strength: told.strength,
    rule: told.rule,
    raisedStartMs: told.raisedStartMs,
    startedAtMs: told.startedAtMs,
    endedAtMs: told.endedAtMs,
    endedAfterMs: told.endedAfterMs,
    reason: told.reason,
    lastEdgeAtMs: told.lastEdgeAtMs,
    withdrawn: told.withdrawn,
  };
  if (told.inCustody !== undefined) copy.inCustody = told.inCustody;
  return copy;
}

/** A finding in the words of what is told, before anything more is said of it: a new object. */
function toldAs(finding: Finding, before: Told | null, telling: Telling): ToldDraft {
  const { termKey, kind, strength, rule, startedAtMs, lastEdgeAtMs, reason } = finding;
  if (before !== null) {
    const told = copyOf(before);
    told.strength = strength;
    told.rule = rule;
    told.startedAtMs = startedAtMs;
    told.lastEdgeAtMs = lastEdgeAtMs;
    told.reason = reason;
    if (before.withdrawn) {
      told.endedAtMs = null;
      told.endedAfterMs = null;
    }
    told.withdrawn = false;
    return told;
  }
  const { term, zone } = telling.termOf(termKey)!;
  const { conditionId, conditionVersion, zoneKey } = term;
  return {
    alertId: alertIdOf(kind, telling.own.activationId, conditionId, conditionVersion, zoneKey, startedAtMs),
    revision: 0,
    kind,
    severity: severityOf(kind, zone.priority),
    termKey,
    conditionId,
    conditionVersion,
    zoneId: zone.zoneId,
    zoneVersion: zone.version,
    strength,
    rule,
    raisedStartMs: startedAtMs,
    startedAtMs,
    endedAtMs: null,
    endedAfterMs: null,
    reason,
    lastEdgeAtMs,
    withdrawn: false,
  };
}
