/** What a tag said of its strap and case before its activation was recorded, as the reconciler hands it to the engine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceEvent, EngineEvent } from '../../src/engine/types.js';
import type { HistoryRecord, InputRecord } from '../../src/ports/topics.js';
import { emptyFold, foldInput } from '../../src/roles/engine/partition-fold.js';
import type { StoredPing } from '../../src/roles/reconciler/rerun.js';
import { faraway, pingAt, watch } from '../scenarios/world.js';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-06-10T09:00:00Z');
const at = (minute: number) => START_MS + minute * MINUTE_MS;

const said = (minute: number, ...deviceEvents: readonly DeviceEvent[]): StoredPing => ({
  ping: { ...pingAt(at(minute), null), identity: `${minute}-${deviceEvents}`, deviceEvents },
  receivedAtMs: at(minute) + 2_000,
});

class World {
  readonly events: EngineEvent[] = [];
  private readonly fold = emptyFold(0);

  give(input: InputRecord): this {
    const fail = ({ error }: { readonly error: unknown }) => {
      throw error;
    };
    this.events.push(...foldInput(this.fold, input, this.fold.position, fail).events);
    return this;
  }
  /** Fitted at nine; recorded then. */
  record(minute: number, removedMinute: number | null = null): this {
    const worn = watch([], []);
    const fitted = { fittedAtMs: at(0), removedAtMs: removedMinute === null ? null : at(removedMinute) };
    const activations = worn.activations.map((each) => ({ ...each, ...fitted }));
    const sequence = removedMinute === null ? 1 : 2;
    return this.give({ type: 'watch', watch: { ...worn, sequence, publishedAtMs: at(minute), activations } });
  }
  hear(stored: StoredPing): this {
    return this.give({ type: 'ping', ...stored });
  }
  past(minute: number, tampers: readonly StoredPing[]): this {
    const history: HistoryRecord = {
      type: 'history',
      activationId: 'A-1',
      tagId: 'T-1',
      atMs: at(minute),
      newestFixAtMs: -Infinity,
      changes: [],
      tampers,
    };
    return this.give(history);
  }
  /** As they stand in the end: what, from, to. */
  tampers(): string[] {
    const newest = new Map(this.events.map((event) => [event.alertId, event]));
    return [...newest.values()]
      .filter(({ kind, type }) => kind.endsWith('-tamper') && type !== 'withdrawn')
      .map(({ kind, episode: { startedAtMs, endedAtMs } }) => `${kind} ${minuteOf(startedAtMs)}-${minuteOf(endedAtMs)}`)
      .sort();
  }
}
const minuteOf = (ms: number | null) => (ms === null ? '' : (ms - START_MS) / MINUTE_MS);

describe('a tamper of before the activation was recorded', () => {
  it('is told with how late, and over where the tag said so; sent again it is nothing', () => {
    const tampers = [said(10, 'strap-tamper'), said(14, 'strap-restored'), said(20, 'case-tamper')];
    const world = new World().record(60).past(62, tampers);
    expect(world.events.map(({ type, kind, severity }) => [type, kind, severity])).toEqual([
      ['confirmed', 'strap-tamper', 'high'],
      ['ended', 'strap-tamper', 'high'],
      ['confirmed', 'case-tamper', 'high'],
    ]);
    expect(world.tampers()).toEqual(['case-tamper 20-', 'strap-tamper 10-14']);
    expect(world.events[0]!.delayedByMs).toBe(52 * MINUTE_MS);
    expect(world.past(63, tampers).events).toHaveLength(3);
  });

  it('is over by what the tag says later, heard before or after', () => {
    const restored = said(70, 'strap-restored');
    const tamper = said(10, 'strap-tamper');
    expect(new World().record(60).past(62, [tamper]).hear(restored).tampers()).toEqual(['strap-tamper 10-70']);
    expect(new World().record(60).hear(restored).past(72, [tamper]).tampers()).toEqual(['strap-tamper 10-70']);
  });

  it('is over with the tag, and what was said before it was fitted, or after it was removed, is not the wearer’s', () => {
    const tampers = [said(-5, 'strap-tamper'), said(10, 'case-tamper'), said(50, 'strap-tamper')];
    const world = new World().record(60).record(61, 40).past(62, tampers);
    expect(world.tampers()).toEqual(['case-tamper 10-40']);
  });

  it('comes to the episodes that it would have been had it been heard, wherever the recording lies', () => {
    const events = fc.constantFrom<DeviceEvent>('strap-tamper', 'strap-restored', 'case-tamper', 'case-restored');
    fc.assert(
      fc.property(fc.array(events, { maxLength: 14 }), fc.nat(14), fc.boolean(), (sequence, cut, isLast) => {
        const all = sequence.map((event, i) => said(i + 1, event));
        const inTime = new World().record(0);
        for (const each of all) inTime.hear(each);
        const late = new World().record(cut + 0.5);
        const before = all.filter(({ receivedAtMs }) => receivedAtMs < at(cut + 0.5));
        if (!isLast) late.past(cut + 0.6, before);
        for (const each of all.slice(before.length)) late.hear(each);
        // What the engine has heard is among it as well.
        if (isLast) late.past(20, all);
        late.hear({ ping: pingAt(at(30), faraway), receivedAtMs: at(30) });
        expect(late.tampers()).toEqual(inTime.tampers());
      }),
    );
  });
});
