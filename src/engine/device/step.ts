/**
 * What an input says of the tag itself: marks are put in their place, what they come to is found, and the difference to what was told
 * is told. Beside the fold of the fixes, which does not know it. Almost every ping says nothing, and then nothing is looked for.
 */

import { hearLateness, madeAtMs } from '../fold/clocks.js';
import { firstEvidenceFrom, newestEvidenceAtMsOf } from '../fold/horizon.js';
import type { EngineInput, HistoryInput } from '../inputs.js';
import type { Path } from '../paths.js';
import type { ActivationState } from '../state.js';
import {
  BATTERY_LOW_OVER_PERCENT,
  DELAYED_AFTER_MS,
  DEVICE_SETTLE_MS,
  NEVER_MOVES_MS,
  NO_GPS_AFTER_MS,
  UNUSABLE_AFTER_MS,
} from '../thresholds.js';
import type { EngineEvent, NotJudged, Ping } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { DeviceLine, DeviceState, LineKind, Mark } from './device-state.js';
import { markRest, restAfter, silentFromMs } from './lasting.js';
import { episodesOf, isForgotten, marksOfLine, withMark, wouldEnd } from './marks.js';
import { MARK_RULES, type MarkRule, markJamming, markNoGps, TAMPER_RULES } from './rules.js';
import { type DeviceStep, dueAtMsOf, tellAll } from './tell-device.js';

/** What the fold of the fixes made of the input. */
interface Judged {
  readonly state: ActivationState;
  readonly notJudged: NotJudged | null;
  readonly path: Path | null;
}

const NO_EVENTS: readonly EngineEvent[] = [];

/** Messages that have no fix that could ever count. */
const UNUSABLE: ReadonlySet<NotJudged | null> = new Set(['no-position', 'zero-position', 'no-accuracy', 'mechanism']);

/** Changes `device` of the state in place. `isSentAgain`: a ping that came before, dated ahead. */
export function stepDevice(judged: Judged, input: EngineInput, own: CompiledOwn, isSentAgain: boolean): DeviceStep {
  const { device } = judged.state;
  if (input.type === 'ping') return hearPing(judged, input, own, isSentAgain);
  device.knownAtMs ??= input.atMs;
  if (input.type === 'history') return hearPast(device, input, own);
  const heardUpToMs = input.type === 'tick' ? (input.heardUpToMs ?? input.atMs) : -Infinity;
  return tellAll(device, own, { nowMs: input.atMs, delayedByMs: 0, heardUpToMs, isHeard: false });
}

/** What a tag said of its strap and its case before anybody knew whose it was; what was heard then is known, and nothing comes of it. */
function hearPast(device: DeviceState, { tampers = [], atMs }: HistoryInput, own: CompiledOwn): DeviceStep {
  let firstMs = Infinity;
  for (const { ping, receivedAtMs } of tampers) {
    const made = madeAtMs({ fixedAtMs: ping.fixedAtMs, receivedAtMs });
    if (made < own.fittedAtMs || made >= own.removedAtMs) continue;
    for (const { kind, read } of TAMPER_RULES) {
      const says = read(ping);
      if (says !== null && addMark(device, kind, { atMs: made, says })) firstMs = Math.min(firstMs, made);
    }
  }
  if (firstMs === Infinity) return { events: NO_EVENTS, dueAtMs: dueAtMsOf(device, own, atMs) };
  return tellAll(device, own, { nowMs: atMs, delayedByMs: atMs - firstMs, heardUpToMs: -Infinity, isHeard: false });
}

type PingInput = Extract<EngineInput, { type: 'ping' }>;

function hearPing(
  judged: Judged,
  { ping, receivedAtMs, usual }: PingInput,
  own: CompiledOwn,
  isSentAgain: boolean,
): DeviceStep {
  const { state, notJudged, path } = judged;
  const { device } = state;
  const made = madeAtMs({ fixedAtMs: ping.fixedAtMs, receivedAtMs });
  // Another message of the same second may say something of the tag.
  if (isSentAgain || (notJudged === 'repeated' && ping.deviceEvents.length === 0))
    return { events: NO_EVENTS, dueAtMs: dueAtMsOf(device, own, receivedAtMs) };
  // Where it was over a long silence nobody knows.
  const isAfterSilence = device.madeAtMs !== null && made - device.madeAtMs >= UNUSABLE_AFTER_MS;
  const restBefore = isAfterSilence ? null : device.rest;
  device.knownAtMs ??= receivedAtMs;
  // One that is sent again, or comes late, hours later, does not say that the tag lives.
  const isHeard = made > (device.madeAtMs ?? -Infinity);
  if (isHeard) device.heardAtMs = Math.max(device.heardAtMs ?? -Infinity, receivedAtMs);
  const ofClock = isHeard ? hearLateness(state, receivedAtMs - made, receivedAtMs, usual, own) : NO_EVENTS;
  const isNewest = notJudged === null && path !== 'late';
  if (isNewest) {
    const position = ping.position!;
    device.rest = restAfter(restBefore, position, position.accuracyMetres ?? own.defaultAccuracyMetres!, made);
  }
  const isQuiet = isNewest && isUneventful(device, ping, made);
  if (isQuiet) {
    device.madeAtMs = Math.max(device.madeAtMs ?? -Infinity, made);
    return withClock(ofClock, { events: NO_EVENTS, dueAtMs: silentFromMs(device, own) }, own);
  }
  const marks = marksOf(judged, ping, made, receivedAtMs, restBefore, own);
  settleLate(
    state,
    marks.filter(([kind, mark]) => addMark(device, kind, mark)),
  );
  device.madeAtMs = Math.max(device.madeAtMs ?? -Infinity, made);
  const delayMs = receivedAtMs - made;
  const delayedByMs = delayMs > DELAYED_AFTER_MS ? delayMs : 0;
  const time = { nowMs: receivedAtMs, delayedByMs, heardUpToMs: -Infinity, isHeard };
  return withClock(ofClock, tellAll(device, own, time), own);
}

/** What was found of its clock is over with the tag. */
function withClock(ofClock: readonly EngineEvent[], step: DeviceStep, own: CompiledOwn): DeviceStep {
  if (ofClock.length === 0) return step;
  return { events: [...step.events, ...ofClock], dueAtMs: Math.min(step.dueAtMs, own.removedAtMs) };
}

/** Whether a newest fix is all that a ping says, and nothing is remembered that it could end. */
function isUneventful({ lines, told, blind, rest }: DeviceState, ping: Ping, made: number): boolean {
  return (
    ping.deviceEvents.length === 0 &&
    lines.length === 0 &&
    told.length === 0 &&
    blind === null &&
    (ping.batteryPercent === null || ping.batteryPercent >= BATTERY_LOW_OVER_PERCENT) &&
    made - rest!.sinceMs < NEVER_MOVES_MS
  );
}

function marksOf(
  { state, notJudged, path }: Judged,
  ping: Ping,
  made: number,
  receivedAtMs: number,
  restBefore: DeviceState['rest'],
  own: CompiledOwn,
): [LineKind, Mark][] {
  const { device } = state;
  const marks: [LineKind, Mark][] = [];
  const isFix = notJudged === null;
  for (const rule of MARK_RULES) {
    const line = marksOfLine(device, rule.kind);
    const says = rule.read(ping);
    if (says !== null && (!rule.isLevel || changes(line, { atMs: made, says }))) {
      marks.push([rule.kind, { atMs: made, says }]);
    } else if (says === null && line.length > 0 && isOver(rule, isFix)) {
      const over = { atMs: made, says: rule.isOverWith === 'fix' ? 'fix' : 'off' } as const;
      if (wouldEnd(line, over)) marks.push([rule.kind, over]);
    }
  }
  if (isFix && path !== 'late') {
    const mark = markRest(restBefore, device.rest!, made);
    const line = marksOfLine(device, 'never-moves');
    if (mark !== null && (mark.says === 'maybe' || line.length > 0)) marks.push(['never-moves', mark]);
  }
  noteBlind(state, ping, made, receivedAtMs, notJudged, own);
  const { blind } = device;
  const byNetwork = blind === null ? null : markJamming(blind, made);
  if (byNetwork !== null) marks.push(['jamming', byNetwork]);
  const withoutGps = blind === null ? null : markNoGps(blind, made);
  if (withoutGps !== null) marks.push(['no-gps', withoutGps]);
  return marks;
}

function isOver({ isOverWith }: MarkRule, isFix: boolean): boolean {
  return isOverWith === 'message' || (isOverWith === 'fix' && isFix);
}

function changes(line: readonly Mark[], mark: Mark & { readonly says: 'on' | 'off' }): boolean {
  if (mark.says === 'off') return wouldEnd(line, { atMs: mark.atMs, says: 'off' });
  return !episodesOf(line).some(
    ({ startedAtMs, endedAtMs }) => startedAtMs <= mark.atMs && mark.atMs < (endedAtMs ?? Infinity),
  );
}

/**
 * Counts messages that have no usable fix and are newer than all that had one. One that says something of the tag alone was not sent for
 * a position; and what lies before a silence does not count.
 */
function noteBlind(
  state: ActivationState,
  { position, positionIgnored, deviceEvents }: Ping,
  made: number,
  receivedAtMs: number,
  notJudged: NotJudged | null,
  { silentAfterMs }: CompiledOwn,
): void {
  const { device } = state;
  const { blind, madeAtMs: newestAtMs } = device;
  if (notJudged === null && blind !== null && made >= blind.sinceMs) device.blind = null;
  if (!UNUSABLE.has(notJudged) || made <= (newestEvidenceAtMsOf(state) ?? -Infinity)) return;
  if (position === null && positionIgnored === undefined && deviceEvents.length > 0) return;
  if (made <= (newestAtMs ?? -Infinity)) return;
  const byNetwork = notJudged === 'mechanism' && position !== null ? 1 : 0;
  const silenceMs = silentAfterMs === Infinity ? NO_GPS_AFTER_MS : Math.max(silentAfterMs, NO_GPS_AFTER_MS);
  const goesOn = blind !== null && made - newestAtMs! <= silenceMs;
  device.blind = goesOn
    ? { ...blind, messages: blind.messages + 1, byNetwork: blind.byNetwork + byNetwork }
    : { sinceMs: made, receivedAtMs, messages: 1, byNetwork };
}

/** False: it was there, or is of a time that is forgotten. */
function addMark(device: DeviceState, kind: LineKind, mark: Mark): boolean {
  const before = device.lines.find((line) => line.kind === kind);
  if (before === undefined) {
    device.lines = [...device.lines, { kind, marks: [mark] }];
    return true;
  }
  const marks = withMark(before.marks, mark);
  if (marks === before.marks || isForgotten(before, mark)) return false;
  const line: DeviceLine = { ...before, marks };
  device.lines = device.lines.map((each) => (each === before ? line : each));
  return true;
}

/** What was said late is over by what came before it and was made after it. */
function settleLate(state: ActivationState, marks: readonly (readonly [LineKind, Mark])[]): void {
  const { device } = state;
  for (const [kind, { atMs, says }] of marks) {
    const rule = MARK_RULES.find((each) => each.kind === kind);
    if (says !== 'on' || atMs >= (device.madeAtMs ?? -Infinity) || rule?.isOverWith === undefined) continue;
    const isByFix = rule.isOverWith === 'fix';
    const overAtMs = isByFix ? firstEvidenceFrom(state, atMs + DEVICE_SETTLE_MS) : device.madeAtMs;
    const over = { atMs: overAtMs ?? Infinity, says: isByFix ? 'fix' : 'off' } as const;
    if (overAtMs !== null && wouldEnd(marksOfLine(device, kind), over)) addMark(device, kind, over);
  }
}
