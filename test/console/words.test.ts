import { describe, expect, it } from 'vitest';
import { createAlertBook } from '../../src/console/model/alert-book.js';
import {
  circleRing,
  graticule,
  middleBounds,
  openAlertsByWearer,
  widenRing,
  zoneFeatures,
} from '../../src/console/model/map-data.js';
import { VERBS } from '../../src/console/model/offered-acts.js';
import { clusterPoints, createPointStore, POINT_STATES } from '../../src/console/model/wearer-points.js';
import {
  countTags,
  describeConnection,
  describeTroubles,
  STALE_DATA_MS,
} from '../../src/console/words/connection-words.js';
import { failingHandoffWords } from '../../src/console/words/standing-words.js';
import { duration, timeOfDay } from '../../src/console/words/times.js';
import {
  certainty,
  episodeWords,
  explain,
  explainFix,
  manyDoneWords,
  refusalWords,
  title,
} from '../../src/console/words/words.js';
import type { FeedStatus } from '../../src/wire/feed-messages.js';
import { finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const nowMs = Date.parse(instantAt(10));
const found = (fields: Parameters<typeof finding>[0]) => itemOf(finding(fields));

describe('times', () => {
  it('are local, with the day where it is another', () => {
    const summer = Date.UTC(2026, 6, 1, 22, 59, 59);
    expect(timeOfDay(summer, summer)).toBe('23:59:59');
    expect(timeOfDay(summer, summer + 1000)).toBe('1 Jul, 23:59:59');
  });
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [250_000, '4 min 10 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%s ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('what became of an act on several', () => {
  it.each(VERBS)('of %s: one is told as one, several as several', (verb) => {
    expect(manyDoneWords(verb, 1, [])).toMatch(/^1 alert (?!are|have|wait )/);
    expect(manyDoneWords(verb, 12, [])).toMatch(/^12 alerts (?!is|has|waits)/);
  });

  it('says how many were refused, of whom, and that nothing was done where nothing was', () => {
    expect(manyDoneWords('suspend', 2, ['Adam Kerr'])).toBe(
      '2 alerts suspended. 1 was not, of Adam Kerr: its row says why.',
    );
    expect(manyDoneWords('suspend', 1, ['A', 'B', 'A', 'C', 'D'])).toBe(
      '1 alert suspended. 5 were not, of A, B, C and 1 other: their rows say why.',
    );
    expect(manyDoneWords('take', 0, ['A', 'B'])).toBe('Nothing was done. 2 were not, of A, B: their rows say why.');
  });
});

describe('an alert in words', () => {
  it('says first that the wearer is in custody, and what an absence excuses', () => {
    const fields = { kind: 'curfew', inCustody: true, absenceId: 'AB-1', unreasonableMinutes: 12.5 } as const;
    const sentences = explain(found(fields), nowMs);
    expect(episodeWords(found(fields), nowMs)).toBe('going on for 10 min, wearer in custody');
    expect(sentences[0]).toBe('The wearer is recorded as in custody.');
    expect(sentences).toContain('Authorised absence AB-1 covers some of this time.');
    expect(sentences).toContain('12.5 min so far without authorised absence.');
  });

  it('marks what was found when the past was judged again', () => {
    const episode = { startedAt: instantAt(0), endedAt: instantAt(5) };
    const past = found({ type: 'ended', episode, endedBecause: 'complied', historic: true });
    expect(episodeWords(past, nowMs)).toBe('found afterwards: ended after 5 min, the wearer complied again');
    expect(explain(past, nowMs).at(-1)).toContain('the past was judged again');
    const goesOn = found({ type: 'amended', episode: { ...episode, endedAt: null }, historic: true });
    expect(episodeWords(goesOn, nowMs)).toBe('found afterwards: going on for 10 min');
    const gone = found({ type: 'withdrawn', episode, historic: true });
    expect(episodeWords(gone, nowMs)).toBe('withdrawn: the past, judged again, did not bear it out');
  });

  it('says of a crossing that nobody was seen in the zone', () => {
    const crossing = found({
      kind: 'exclusion',
      episode: { startedAt: instantAt(0), endedAt: instantAt(1) },
      endedBecause: 'complied',
      explanation: {
        rule: 'crossing',
        fixes: [],
        crossing: { chordMetres: 300.1, depthMetres: 149.6 },
        thresholds: {},
      },
    });
    expect(title(crossing, 'Larkmead School')).toBe('May have crossed an exclusion zone: Larkmead School');
    expect(explain(crossing, nowMs)).toEqual(
      expect.arrayContaining([
        'Found from the line between two fixes, which may not be the route taken.',
        'It goes 300 m through the zone, up to 150 m from its boundary.',
      ]),
    );
  });

  it('does not call confirmed what an amendment made a suspicion', () => {
    const known = [
      finding({ type: 'confirmed', strength: 'confirmed' }),
      finding({ revision: 2, type: 'amended', strength: 'suspected' }),
    ];
    const item = itemOf(...known);
    expect(certainty(item!)).toBe('Suspected');
    expect(explain(item!, nowMs)).toContain('It was confirmed before; what came in since makes it a suspicion only.');
  });

  it('says what, how sure and whether it goes on', () => {
    const curfew = found({
      kind: 'curfew',
      reason: 'late-home',
      window: { opensAt: instantAt(0), closesAt: instantAt(720) },
      explanation: {
        rule: 'edge',
        edgeAt: instantAt(0),
        fixes: [
          {
            fixedAt: instantAt(0),
            latitude: 51,
            longitude: 1,
            signedDistanceMetres: 312.4,
            accuracyMetres: 8.5,
          },
        ],
        thresholds: {},
      },
    });
    expect(title(curfew, 'Home of W-1')).toBe('Curfew: not home when the window opened');
    expect(certainty(curfew)).toBe('Suspected');
    expect(episodeWords(curfew, nowMs)).toBe('going on for 10 min');
    expect(explain(curfew, nowMs)).toEqual([
      'Judged at the edge of the curfew window, from where the wearer was then.',
      "The evidence sufficed at 18:01:00 by the tag's own clock.",
      'Curfew window from 18:00 to 23 Nov, 06:00.',
      'The edge is at 18:00:00.',
    ]);
    const [fix] = curfew.explanation.fixes;
    const said = '18:00:00: 312 m outside the zone, accurate to 9 m';
    expect(explainFix('curfew', fix!, nowMs)).toBe(said);
    const ratios = [17.18, 2.5, 1.4, 0.7, 0.06].map((likelihoodRatio) =>
      explainFix('curfew', { ...fix!, likelihoodRatio }, nowMs).slice(said.length + 2),
    );
    expect(ratios).toEqual([
      '17 times likelier from somewhere else than from the house',
      '2.5 times likelier from somewhere else than from the house',
      'could as well have come from the house',
      'could as well have come from the house',
      '17 times likelier from the house than from somewhere else',
    ]);
  });
  it('says what the fixes make of it together: before, when and after it was confirmed', () => {
    const explanation = { rule: 'belief', fixes: [], belief: 0.8, thresholds: { confirmAt: 0.95 } } as const;
    const told = (fields: Parameters<typeof finding>[0]) =>
      explain(found({ kind: 'exclusion', ...fields }), nowMs).filter((sentence) => /fixes (make|leave)/.test(sentence));
    expect(told({ type: 'suspected', strength: 'suspected', explanation })).toEqual([
      'Taken together the fixes make it 80 % likely; it is confirmed from 95 % on.',
    ]);
    const suspected = (belief: number) =>
      told({ type: 'suspected', strength: 'suspected', explanation: { ...explanation, belief } });
    expect([0.945, 0.949, 0.95].map((belief) => suspected(belief)[0])).toEqual([
      'Taken together the fixes make it 94.5 % likely; it is confirmed from 95 % on.',
      'Taken together the fixes make it 94.9 % likely; it is confirmed from 95 % on.',
      'Taken together the fixes make it 95 % likely; it is confirmed once fixes some seconds apart agree.',
    ]);
    expect(told({ type: 'confirmed', strength: 'confirmed', explanation: { ...explanation, belief: 0.97 } })).toEqual([
      'Taken together the fixes make it at least 95 % likely.',
    ]);
    const episode = { startedAt: instantAt(0), endedAt: instantAt(5) };
    expect(
      told({ type: 'ended', episode, endedBecause: 'complied', explanation: { ...explanation, belief: 0.04 } }),
    ).toEqual(['The last fixes leave 4 % for its going on.']);
    // Of one that a single fix confirmed it is no reason.
    expect(told({ type: 'confirmed', explanation: { ...explanation, rule: 'first-fix' } })).toEqual([]);
  });
  it('names the zone where it knows one', () => {
    expect(title(found({}), 'Larkmead Primary School')).toBe('In an exclusion zone: Larkmead Primary School');
    expect(title(found({}), null)).toBe('In an exclusion zone');
  });
  it('tells who was first', () => {
    const detail = 'Somebody acted on this alert since it was seen.';
    expect(refusalWords({ detail, by: 'local', at: instantAt(9) }, nowMs)).toBe(
      'local was first, at 18:09:00. Your action was not counted.',
    );
    expect(refusalWords({ detail, by: null, at: null }, nowMs)).toBe(detail);
  });
  it('says why it ended, and that it came late', () => {
    const ended = found({
      type: 'ended',
      endedBecause: 'complied',
      episode: { startedAt: instantAt(0), endedAt: instantAt(5) },
      delayedByMs: 7_500_000,
    });
    expect(episodeWords(ended, nowMs)).toBe('ended after 5 min, the wearer complied again');
    expect(explain(ended, nowMs)).toContain('The fix arrived 2 h 5 min after it was made.');
  });
});

describe('the connection in words', () => {
  it('never says live when it is not', () => {
    expect(describeConnection({ state: 'live' }, nowMs - 1000, nowMs)).toMatchObject({ state: 'live', words: 'Live' });
    expect(describeConnection({ state: 'live' }, nowMs - STALE_DATA_MS - 1, nowMs).state).toBe('stale');
    expect(describeConnection({ state: 'reconnecting', sinceMs: nowMs, attempt: 3 }, nowMs, nowMs)).toEqual({
      state: 'lost',
      words: 'NOT LIVE since 18:10:00, attempt 3',
      age: 'newest position 0 s ago',
    });
  });
  it('counts the silent', () => {
    expect(countTags([nowMs, nowMs - 299_000, nowMs - 301_000], nowMs)).toBe('2 tags heard, 1 silent for over 5 min');
    expect(countTags([nowMs], nowMs)).toBe('1 tag heard, 0 silent for over 5 min');
    expect(countTags([], nowMs)).toBe('');
  });
});

describe('what the map draws', () => {
  const position = (wearerId: string, fixedAt: string, longitude = 1) => ({
    wearerId,
    tagId: 'T',
    activationId: 'A',
    fixedAt,
    receivedAt: fixedAt,
    latitude: 51,
    longitude,
    accuracyMetres: 5,
    mechanism: 'GPS' as const,
    speedKmh: null,
    headingDegrees: null,
    batteryPercent: null,
  });
  it('marks who has an alert that goes on, and who is silent', () => {
    const alerts = createAlertBook([
      found({ alertId: 'a', wearerId: 'W-1' }),
      found({
        alertId: 'b',
        wearerId: 'W-2',
        type: 'ended',
        episode: { startedAt: instantAt(0), endedAt: instantAt(1) },
      }),
    ]).view().alerts;
    const open = openAlertsByWearer(alerts.values());
    expect([...open.keys()]).toEqual(['W-1']);
    const store = createPointStore();
    store.take([position('W-1', instantAt(10)), position('W-2', instantAt(4)), position('W-3', instantAt(10))]);
    expect(clusterPoints(store.points, open, 12, nowMs)).toEqual([]);
    const { alert, stale, heard } = POINT_STATES;
    expect([...store.points.state.slice(0, 3)]).toEqual([alert, stale, heard]);
  });
  it('circles become closed rings', () => {
    const zone = {
      zoneId: 'Z',
      name: 'N',
      priority: 'victim',
      radiusMetres: 200,
      bufferMetres: 100,
      geometry: { type: 'Point' as const, coordinates: [1, 51] },
    };
    const [feature] = zoneFeatures([zone]).areas.features;
    const ring = feature!.geometry.type === 'Polygon' ? feature!.geometry.coordinates[0]! : [];
    expect(ring[0]).toEqual(ring[ring.length - 1]);
    expect(feature!.properties).toMatchObject({ style: 'victim' });
    const [buffer] = zoneFeatures([zone]).buffers.features;
    expect(buffer!.geometry).toMatchObject({ coordinates: [circleRing([1, 51], 300)] });
  });
  it('a buffer lies so far outside of each edge, whichever way its ring runs', () => {
    const ring = [
      [0, 0],
      [0.01, 0],
      [0.01, 0.01],
      [0, 0.01],
      [0, 0],
    ];
    for (const given of [ring, ring.toReversed()]) {
      const wide = widenRing(given, 111.195);
      expect(Math.min(...wide.map(([x]) => x))).toBeCloseTo(-0.001, 9);
      expect(Math.max(...wide.map(([, y]) => y))).toBeCloseTo(0.011, 9);
    }
  });
  it('lines lie on round degrees, and one far away does not decide what is shown', () => {
    expect(graticule([0.9, 51.1, 1.1, 51.3], 0.1).features).toHaveLength(5);
    expect(middleBounds([])).toBeNull();
    const many = Array.from({ length: 20 }, (_, index) => position('W', instantAt(0), index === 0 ? -100 : 1));
    expect(middleBounds(many)).toEqual([1, 51, 1, 51]);
  });
});

describe('troubles of the other side', () => {
  const fine: FeedStatus = { database: 'present', log: 'present', recorderLagMs: 0, silentSuppliers: [] };
  it('are told one by one; what is short is none', () => {
    expect(describeTroubles(fine)).toEqual([]);
    expect(describeTroubles({ ...fine, recorderLagMs: 59_000 })).toEqual([]);
    expect(describeTroubles(fine, { server: 9, page: 7 }).join()).toMatch(
      'The server counts 9 unresolved, and this page has 7',
    );
    expect(describeTroubles({ ...fine, recorderLagMs: 180_000 }).join()).toMatch('The record is 3 min behind');
    const away = describeTroubles({ ...fine, database: 'away', recorderLagMs: 180_000 });
    expect(away.join()).toMatch(/database is away.*last 3 min is yet to be recorded/);
    expect(describeTroubles({ ...fine, database: 'away', recorderLagMs: null })).toHaveLength(1);
    const silentSuppliers = [{ topic: 'tagwatch.pings', lastAt: instantAt(0) }];
    expect(describeTroubles({ ...fine, log: 'away', silentSuppliers })).toEqual([
      expect.stringContaining('event log is away'),
      expect.stringContaining('Nothing has come from tagwatch.pings since'),
    ]);
  });
});

describe('who is not told', () => {
  const failing = {
    receiverId: 'cad',
    why: 'not-delivered',
    since: '2026-11-22T18:00:00.000Z',
    tries: 3,
    error: 'answered 503',
    behind: 12,
  } as const;

  it('is named with since when, how often it was tried, and how much waits', () => {
    expect(failingHandoffWords(failing)).toBe(
      'cad is not told: what it is sent has failed since Sun 22 Nov 18:00:00 (3 tries, answered 503); up to 12 events wait.',
    );
    expect(failingHandoffWords({ ...failing, why: 'no-sender', tries: null, error: null, behind: 1 })).toBe(
      'cad is not told: nobody sends, since Sun 22 Nov 18:00:00; 1 event waits.',
    );
  });
});
