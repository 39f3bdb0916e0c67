/**
 * Tells that somebody is under an order and wears no tag: no tag can tell it, so it is judged by wearer, from the records that the
 * publisher tells and by ticks. One alert each time, `confirmed`, and `ended` when a tag is fitted or the order ends. Pure.
 */

import { noticeEvent } from '../tell/event.js';
import { noticeIdOf } from '../tell/ids.js';
import { NO_TAG_AFTER_MS } from '../thresholds.js';
import type { EngineEvent, EventType } from '../types.js';
import { isInCustody } from '../watch/compile.js';
import { isWithin, type Untagged } from './untagged.js';
import {
  custodyOf,
  isOpen,
  type KnownUntagged,
  tellsFromMs,
  UNTAGGED_TOLD,
  type UntaggedTold,
  type WearerState,
  type WearerWatch,
  wearerPlaceOf,
} from './wearer-state.js';

/** What is found at an instant against what was told. */
export function tellUntagged(
  before: WearerState,
  atMs: number,
): { readonly state: WearerState; readonly events: readonly EngineEvent[] } {
  const telling = new Telling(before.watch, atMs);
  const taken = new Map<Untagged, UntaggedTold>();
  const told = before.told.map((each): UntaggedTold => {
    if (each.isWithdrawn) return each;
    const own = partnerOf(each, before.untagged);
    const other = own && taken.get(own);
    if (own === undefined || other !== undefined) return telling.withdraw(each, other);
    const amended = telling.amend(each, own);
    taken.set(own, amended);
    return amended;
  });
  const now = before.untagged.find((each) => isWithin(each, atMs));
  if (now !== undefined && !taken.has(now) && tellsFromMs(now) <= atMs) {
    const again = told.findIndex((each) => each.isWithdrawn && each.raisedStartMs === now.startsAtMs);
    const [withdrawn] = again < 0 ? [] : told.splice(again, 1);
    told.push(telling.raise(now, withdrawn));
  }
  while (told.length > UNTAGGED_TOLD && !isOpen(told[0]!)) told.shift();
  return { state: { ...before, told }, events: telling.events };
}

/** The time of the same start, else the first that overlaps what was told. */
function partnerOf(
  { startedAtMs, endedAtMs }: UntaggedTold,
  untagged: readonly KnownUntagged[],
): KnownUntagged | undefined {
  const same = untagged.find((each) => each.startsAtMs === startedAtMs);
  if (same !== undefined) return same;
  return untagged.find(
    (each) => each.startsAtMs < (endedAtMs ?? Infinity) && startedAtMs < (each.endsAtMs ?? Infinity),
  );
}

class Telling {
  readonly events: EngineEvent[] = [];
  private readonly inCustody: boolean;

  constructor(
    private readonly watch: WearerWatch,
    private readonly atMs: number,
  ) {
    this.inCustody = isInCustody(custodyOf(watch), atMs, atMs);
  }

  raise(now: Untagged, withdrawn: UntaggedTold | undefined): UntaggedTold {
    const { startsAtMs } = now;
    const place = `${wearerPlaceOf(this.watch.wearerId)}@${this.watch.sequence}`;
    const told: UntaggedTold = {
      // By the watch it was first found in as well: one that is forgotten here and found anew is another alert, never a repeat.
      alertId: withdrawn?.alertId ?? noticeIdOf('unmonitored', place, startsAtMs),
      revision: (withdrawn?.revision ?? 0) + 1,
      raisedStartMs: startsAtMs,
      startedAtMs: startsAtMs,
      endedAtMs: null,
      inCustody: this.inCustody,
    };
    this.say('confirmed', told, startsAtMs + NO_TAG_AFTER_MS);
    return told;
  }

  amend(before: UntaggedTold, { startsAtMs, endsAtMs, endsBecause }: Untagged): UntaggedTold {
    const endedAtMs = endsAtMs !== null && endsAtMs <= this.atMs ? endsAtMs : null;
    const ends = before.endedAtMs === null && endedAtMs !== null;
    const isMoved = before.startedAtMs !== startsAtMs || before.endedAtMs !== endedAtMs;
    const inCustody = endedAtMs === null ? this.inCustody : before.inCustody;
    if (!isMoved && inCustody === before.inCustody) return before;
    const told = { ...before, revision: before.revision + 1, startedAtMs: startsAtMs, endedAtMs, inCustody };
    this.say(ends ? 'ended' : 'amended', told, endedAtMs ?? this.atMs, endedAtMs === null ? null : endsBecause);
    return told;
  }

  withdraw(before: UntaggedTold, by: UntaggedTold | undefined): UntaggedTold {
    const { startedAtMs } = before;
    const told = { ...before, revision: before.revision + 1, endedAtMs: startedAtMs, isWithdrawn: true as const };
    this.say('withdrawn', told, startedAtMs, null, by?.alertId);
    return told;
  }

  private say(
    type: EventType,
    { alertId, revision, startedAtMs, endedAtMs }: UntaggedTold,
    foundAtMs: number,
    endedBecause: Untagged['endsBecause'] = null,
    supersededBy?: string,
  ): void {
    const { wearerId } = this.watch;
    const place = wearerPlaceOf(wearerId);
    const saying = {
      type,
      kind: 'unmonitored' as const,
      alertId,
      revision,
      strength: 'confirmed' as const,
      startedAtMs,
      endedAtMs,
      foundAtMs,
      delayedByMs: 0,
      reason: 'no-tag' as const,
      ...(endedBecause === null ? {} : { endedBecause }),
      explanation: { rule: 'silence' as const, fixes: [], thresholds: { noTagAfterMs: NO_TAG_AFTER_MS } },
    };
    const own = { wearerId, tagId: place, activationId: place, ...custodyOf(this.watch) };
    const event = noticeEvent(saying, this.atMs, own);
    this.events.push(supersededBy === undefined ? event : { ...event, supersededBy });
  }
}
