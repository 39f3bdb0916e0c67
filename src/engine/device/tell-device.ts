/** The difference between what is found of a tag and what was said of it, as events, with the rule and the numbers. One alert an episode. */

import { noticeEvent } from '../tell/event.js';
import { noticeIdOf } from '../tell/ids.js';
import {
  BATTERY_CRITICAL_OVER_PERCENT,
  BATTERY_CRITICAL_PERCENT,
  BATTERY_LOW_OVER_PERCENT,
  BATTERY_LOW_PERCENT,
  CHARGING_OVERDUE_MS,
  DEVICE_AGAIN_MS,
  DEVICE_MARKS,
  JAMMING_AFTER_MS,
  JAMMING_MESSAGES,
  MOVED_METRES,
  NEVER_MOVES_MS,
  NO_GPS_AFTER_MS,
  NO_GPS_MESSAGES,
  SILENCE_LOOK_MS,
  UNUSABLE_AFTER_MS,
  UNUSABLE_MESSAGES,
} from '../thresholds.js';
import type { DeviceKind, EngineEvent, EventType, Explanation, Strengthening } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { DeviceState, DeviceTold } from './device-state.js';
import { findOverdue, findUnmonitored, silentFromMs } from './lasting.js';
import { type DeviceEpisode, episodesOf, type FoundDevice, marksOfLine, trimLine } from './marks.js';

export interface DeviceStep {
  readonly events: readonly EngineEvent[];
  /** When time alone could change something; Infinity: never. */
  readonly dueAtMs: number;
}

const NO_EVENTS: readonly EngineEvent[] = [];

export interface Time {
  readonly nowMs: number;
  readonly delayedByMs: number;
  readonly heardUpToMs: number;
  /** The input is a message, newer than all others. */
  readonly isHeard: boolean;
}

/** Finds anew all that is remembered, and tells the difference. */
export function tellAll(device: DeviceState, own: CompiledOwn, time: Time): DeviceStep {
  const telling = { own, nowMs: time.nowMs, delayedByMs: time.delayedByMs };
  const events: EngineEvent[] = [];
  // A state of before 29 November 2026 may hold what it has no marks of any more.
  let toldAll: readonly DeviceTold[] = device.told.filter((each) => mayChange(each, device));
  const tell = (kind: DeviceKind, found: readonly FoundDevice[]) => {
    const before = toldAll.filter((each) => each.kind === kind);
    if (found.length === 0 && before.length === 0) return;
    const { told, events: said } = tellDevice(
      kind,
      found.map((each) => clip(each, own, time.nowMs)),
      before,
      telling,
    );
    events.push(...said);
    toldAll = [...toldAll.filter((each) => each.kind !== kind), ...told];
  };
  for (const { kind, marks } of device.lines) if (kind !== 'charging') tell(kind, episodesOf(marks));
  const low = episodesOf(marksOfLine(device, 'battery-low'));
  const charged = episodesOf(marksOfLine(device, 'charging'));
  tell('charging-overdue', findOverdue(low, charged, Math.min(time.nowMs, own.removedAtMs)).found);
  tell('unmonitored', unmonitoredNow(device, own, time, toldAll));
  device.lines = device.lines.map(trimLine);
  device.told = forgetWithdrawn(toldAll.filter((each) => mayChange(each, device)));
  return { events: events.length === 0 ? NO_EVENTS : events, dueAtMs: dueAtMsOf(device, own, time.nowMs) };
}

/** With the tag everything ends. */
function clip(found: FoundDevice, { removedAtMs }: CompiledOwn, nowMs: number): FoundDevice {
  if (removedAtMs > nowMs || (found.endedAtMs !== null && found.endedAtMs <= removedAtMs)) return found;
  return { ...found, endedAtMs: Math.max(removedAtMs, found.startedAtMs), endedBecause: 'tag-removed' };
}

/**
 * One at a time: time alone makes it so, and a message that is newer than all others ends it or says why else it is so. What is over goes
 * with it while the next could be of the same start: then it goes on, with its id and its revisions.
 */
function unmonitoredNow(device: DeviceState, own: CompiledOwn, time: Time, told: readonly DeviceTold[]): FoundDevice[] {
  const all = told.filter((each) => each.kind === 'unmonitored');
  const open = all.find(({ endedAtMs }) => endedAtMs === null);
  const isOver = own.removedAtMs <= time.nowMs;
  const found = isOver ? null : findUnmonitored(device, own, time.heardUpToMs);
  const startedAtMs = open?.startedAtMs ?? found?.sinceMs;
  const over = all.filter((each) => each !== open && each.startedAtMs !== startedAtMs).map(overAsTold);
  if (startedAtMs === undefined) return over;
  // A silence that goes on is no other for what comes late.
  const isNews = open === undefined || time.isHeard || found?.reason === 'silent';
  const reason = (isNews ? found?.reason : undefined) ?? open!.reason!;
  const ends = found === null && time.isHeard;
  const end: Pick<DeviceEpisode, 'endedAtMs' | 'endedBecause'> = ends
    ? { endedAtMs: Math.max(time.nowMs, startedAtMs), endedBecause: 'restored' }
    : { endedAtMs: null };
  return [...over, { startedAtMs, ...end, lastOnAtMs: startedAtMs, strength: 'confirmed', reason }];
}

function overAsTold({ startedAtMs, endedAtMs, lastOnAtMs, strength, reason }: DeviceTold): FoundDevice {
  return { startedAtMs, endedAtMs, lastOnAtMs, strength, reason: reason! };
}

/**
 * What is over and has no marks any more is done with: looked for, it would not be found, and be taken back. An end of silence is by
 * receipt, and nothing that comes later moves it; but another could begin where it began.
 */
function mayChange(
  { kind, startedAtMs, endedAtMs, raisedStartMs, withdrawn }: DeviceTold,
  device: DeviceState,
): boolean {
  if (endedAtMs === null) return true;
  if (kind === 'unmonitored')
    // Of a tag that was never heard it began when it was fitted, and one that is told to be worn after all begins there anew.
    return Math.min(device.heardAtMs ?? -Infinity, device.blind?.receivedAtMs ?? Infinity) <= startedAtMs;
  const [first] = marksOfLine(device, kind === 'charging-overdue' ? 'battery-low' : kind);
  return first !== undefined && first.atMs <= (withdrawn ? raisedStartMs : startedAtMs);
}

/** Of what was taken back no more is remembered than there are marks: the newest. */
function forgetWithdrawn(told: readonly DeviceTold[]): readonly DeviceTold[] {
  const over = told.filter(({ withdrawn }) => withdrawn).length - DEVICE_MARKS;
  if (over <= 0) return told;
  const oldest = told.filter(({ withdrawn }) => withdrawn).toSorted((a, b) => a.raisedStartMs - b.raisedStartMs);
  const gone = oldest.slice(0, over);
  return told.filter((each) => !gone.includes(each));
}

export function dueAtMsOf(device: DeviceState, own: CompiledOwn, nowMs: number): number {
  if (own.removedAtMs <= nowMs) return Infinity;
  let dueAtMs = device.told.some(({ endedAtMs }) => endedAtMs === null) ? own.removedAtMs : Infinity;
  const low = marksOfLine(device, 'battery-low');
  if (low.length > 0) {
    const overdue = findOverdue(episodesOf(low), episodesOf(marksOfLine(device, 'charging')), nowMs);
    dueAtMs = Math.min(dueAtMs, overdue.dueAtMs);
  }
  const open = device.told.find(({ kind, endedAtMs }) => kind === 'unmonitored' && endedAtMs === null);
  const isSilent = open !== undefined && open.reason !== 'no-fix';
  if (isSilent) return dueAtMs;
  const silentAtMs = silentFromMs(device, own);
  // It is time, and nobody has read so far.
  return Math.min(dueAtMs, silentAtMs > nowMs ? silentAtMs : nowMs + SILENCE_LOOK_MS);
}

interface DeviceTelling {
  readonly own: CompiledOwn;
  /** Receipt or tick time of the input. */
  readonly nowMs: number;
  /** How much later than made the message came that says so; 0: in time. */
  readonly delayedByMs: number;
}

/** All that is found of one kind, in order, against all that is remembered as told of it. */
function tellDevice(
  kind: DeviceKind,
  found: readonly FoundDevice[],
  told: readonly DeviceTold[],
  telling: DeviceTelling,
): { readonly told: DeviceTold[]; readonly events: EngineEvent[] } {
  const events: EngineEvent[] = [];
  const kept: DeviceTold[] = [];
  const partners = matchTold(found, told);
  for (const [i, episode] of found.entries()) {
    const before = partners[i];
    const isKnown = before !== undefined && before.withdrawn === undefined;
    const sayings = isKnown ? sayingsOfKnown(episode, before) : sayingsOfNew(episode);
    let one = before ?? firstTold(kind, episode, telling.own);
    for (const [place, [type, strengthened]] of sayings.entries()) {
      const endedAtMs = place < sayings.length - 1 ? null : episode.endedAtMs;
      one = { ...toldAs(one, episode), revision: one.revision + 1, endedAtMs };
      events.push(eventOf(type, one, episode, strengthened, telling));
    }
    if (one.lastOnAtMs !== episode.lastOnAtMs) one = { ...one, lastOnAtMs: episode.lastOnAtMs };
    kept.push(one);
  }
  for (const each of told) {
    if (partners.includes(each)) continue;
    if (each.withdrawn) {
      kept.push(each);
      continue;
    }
    const { explanation } = explainDevice(kind, undefined, telling.own);
    const withdrawn = { ...each, revision: each.revision + 1 };
    events.push(sayingOf('withdrawn', withdrawn, withdrawn.startedAtMs, explanation, telling));
    kept.push({ ...withdrawn, endedAtMs: withdrawn.startedAtMs, withdrawn: true });
  }
  return { told: kept, events };
}

type Saying = readonly [type: EventType, strengthened?: Strengthening];

function sayingsOfNew({ strength, endedAtMs }: FoundDevice): Saying[] {
  return endedAtMs === null ? [[strength]] : [[strength], ['ended']];
}

function sayingsOfKnown(episode: FoundDevice, told: DeviceTold): Saying[] {
  const endsNow = told.endedAtMs === null && episode.endedAtMs !== null;
  if (told.strength === 'suspected' && episode.strength === 'confirmed')
    return endsNow ? [['confirmed'], ['ended']] : [['confirmed']];
  if (endsNow) return [['ended']];
  // Silent again since then: whoever was told that it is over has to know.
  if (episode.reason !== undefined && told.endedAtMs !== null && episode.endedAtMs === null)
    return [['amended', 'again']];
  if (told.reason !== episode.reason) return episode.reason === 'silent' ? [['amended', 'reason']] : [['amended']];
  const isAgain = episode.endedAtMs === null && episode.lastOnAtMs - told.lastOnAtMs >= DEVICE_AGAIN_MS;
  if (isAgain) return [['amended', 'again']];
  return told.startedAtMs !== episode.startedAtMs || told.endedAtMs !== episode.endedAtMs ? [['amended']] : [];
}

/**
 * By the start as first raised before anything else: the id is of that; then by the start, then by what overlaps, oldest first. What was
 * taken back goes on by its id alone.
 */
function matchTold(found: readonly FoundDevice[], told: readonly DeviceTold[]): (DeviceTold | undefined)[] {
  const partners: (DeviceTold | undefined)[] = found.map(() => undefined);
  const pair = (isOf: (episode: FoundDevice, each: DeviceTold) => boolean) => {
    for (const [i, episode] of found.entries()) {
      partners[i] ??= told.find((each) => !partners.includes(each) && isOf(episode, each));
    }
  };
  pair((episode, each) => episode.startedAtMs === each.raisedStartMs);
  pair((episode, each) => !each.withdrawn && episode.startedAtMs === each.startedAtMs);
  pair(
    (episode, each) =>
      !each.withdrawn &&
      episode.startedAtMs < (each.endedAtMs ?? Infinity) &&
      each.startedAtMs < (episode.endedAtMs ?? Infinity),
  );
  return partners;
}

function firstTold(kind: DeviceKind, episode: FoundDevice, own: CompiledOwn): DeviceTold {
  const { startedAtMs, lastOnAtMs, strength, reason } = episode;
  return {
    kind,
    alertId: noticeIdOf(kind, own.activationId, startedAtMs),
    revision: 0,
    raisedStartMs: startedAtMs,
    startedAtMs,
    endedAtMs: null,
    lastOnAtMs,
    strength,
    ...(reason === undefined ? {} : { reason }),
  };
}

function toldAs(
  { withdrawn: _, ...told }: DeviceTold,
  { startedAtMs, lastOnAtMs, strength, reason }: FoundDevice,
): DeviceTold {
  return { ...told, startedAtMs, lastOnAtMs, strength, ...(reason === undefined ? {} : { reason }) };
}

function eventOf(
  type: EventType,
  told: DeviceTold,
  episode: FoundDevice,
  strengthened: Strengthening | undefined,
  telling: DeviceTelling,
): EngineEvent {
  const { explanation, foundAtMs } = explainDevice(told.kind, episode, telling.own);
  const atMs = type === 'ended' ? episode.endedAtMs! : (foundAtMs ?? telling.nowMs);
  return sayingOf(type, told, atMs, explanation, telling, strengthened, episode);
}

function sayingOf(
  type: EventType,
  told: DeviceTold,
  foundAtMs: number,
  explanation: Explanation,
  { nowMs, delayedByMs, own }: DeviceTelling,
  strengthened?: Strengthening,
  episode?: FoundDevice,
): EngineEvent {
  const because = told.endedAtMs === null ? undefined : episode?.endedBecause;
  const { kind, alertId, revision, strength, startedAtMs, endedAtMs, reason } = told;
  return noticeEvent(
    {
      type,
      kind,
      alertId,
      revision,
      strength,
      startedAtMs,
      endedAtMs,
      foundAtMs,
      delayedByMs,
      explanation,
      ...(reason === undefined ? {} : { reason }),
      ...(strengthened === undefined ? {} : { strengthened }),
      ...(because === undefined ? {} : { endedBecause: because }),
    },
    nowMs,
    own,
  );
}

const THRESHOLDS: Readonly<Record<DeviceKind, Explanation['thresholds']>> = {
  'strap-tamper': {},
  'case-tamper': {},
  'battery-low': { lowPercent: BATTERY_LOW_PERCENT, overPercent: BATTERY_LOW_OVER_PERCENT },
  'battery-critical': { criticalPercent: BATTERY_CRITICAL_PERCENT, overPercent: BATTERY_CRITICAL_OVER_PERCENT },
  'charging-overdue': { overdueAfterMs: CHARGING_OVERDUE_MS },
  'powered-off': {},
  'no-gps': { afterMs: NO_GPS_AFTER_MS, messages: NO_GPS_MESSAGES },
  jamming: { afterMs: JAMMING_AFTER_MS, messages: JAMMING_MESSAGES },
  'never-moves': { afterMs: NEVER_MOVES_MS, movedMetres: MOVED_METRES },
  unmonitored: {},
};

/** `foundAtMs` where it is not the time of the input: what a device says is found when the device says it. */
function explainDevice(
  kind: DeviceKind,
  found: FoundDevice | undefined,
  own: CompiledOwn,
): { readonly explanation: Explanation; readonly foundAtMs?: number } {
  if (kind !== 'unmonitored') {
    const explanation: Explanation = { rule: 'device', fixes: [], thresholds: THRESHOLDS[kind] };
    return kind === 'never-moves' || found === undefined
      ? { explanation }
      : { explanation, foundAtMs: found.lastOnAtMs };
  }
  const thresholds =
    found?.reason === 'no-fix'
      ? { afterMs: UNUSABLE_AFTER_MS, messages: UNUSABLE_MESSAGES }
      : { silentAfterMs: own.silentAfterMs };
  return { explanation: { rule: 'silence', fixes: [], thresholds } };
}
