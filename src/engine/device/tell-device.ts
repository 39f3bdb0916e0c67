/** The difference between what is found of a tag and what was said of it, as events. One alert an episode. */
import { noticeIdOf } from '../tell/ids.js';
import { noticeEvent } from '../tell/notice-event.js';
import { DEVICE_AGAIN_MS } from '../thresholds.js';
import type { DeviceKind, EngineEvent, EventType, Explanation, Strengthening } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { DeviceTold } from './device-state.js';
import { explainDevice } from './explain-device.js';
import type { FoundDevice } from './marks.js';

export interface DeviceTelling {
  readonly own: CompiledOwn;
  /** Receipt or tick time of the input. */
  readonly nowMs: number;
  /** How much later than made the message came that says so; 0: in time. */
  readonly delayedByMs: number;
}

/** All that is found of one kind, in order, against all that is remembered as told of it. */
export function tellDevice(
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
