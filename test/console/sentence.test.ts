import { describe, expect, it } from 'vitest';
import { boundsOf, momentFeatures } from '../../src/console/model/map-data.js';
import { describeMeanwhile } from '../../src/console/words/connection-words.js';
import { historyLine } from '../../src/console/words/history-words.js';
import { sentenceOf } from '../../src/console/words/sentence.js';
import { REASON_WORDS } from '../../src/console/words/words.js';
import type { Reason } from '../../src/engine/types.js';
import { ALERT_KINDS } from '../../src/wire/alert-schemas.js';
import { conditionWords, daysWords } from '../../src/wire/condition-words.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const REASONS = Object.keys(REASON_WORDS) as Reason[];
const nowMs = Date.parse(instantAt(10));
const found = (fields: Parameters<typeof finding>[0]) => itemOf(finding(fields));
const say = (fields: Parameters<typeof finding>[0], zone: string | null = 'Protected address') =>
  sentenceOf(found(fields), { who: 'Adam Kerr', zone }, nowMs);
const fix = {
  fixedAt: instantAt(1),
  latitude: 51,
  longitude: 1,
  signedDistanceMetres: -31.2,
  accuracyMetres: 8.5,
};
const explanation = { rule: 'first-fix', fixes: [fix], thresholds: {} } as const;
const confirmed = { type: 'confirmed', strength: 'confirmed' } as const;

describe('an alert in one sentence', () => {
  it('says who is where, how deep and since when', () => {
    expect(say({ ...confirmed, explanation })).toBe(
      'Adam Kerr is 31 m inside the exclusion zone Protected address, since 18:00:00.',
    );
  });

  it('says of a supplier that is away how many tags it is about', () => {
    const supplier = { who: 'supplier/tagwatch.pings', zone: null };
    const away = { ...confirmed, kind: 'supplier-silent', reason: 'silent' } as const;
    const tell = (fields: Parameters<typeof finding>[0]) => sentenceOf(found(fields), supplier, nowMs);
    expect(tell({ ...away, coversTags: 5_000 })).toMatch(
      /^Nothing comes from the supplier tagwatch\.pings \(.*\), since 18:00:00\. 5,000 tags were last heard of through it\.$/,
    );
    expect(tell({ ...away, coversTags: 1 })).toMatch(/ 1 tag was last heard of through it\.$/);
    expect(tell(away)).toMatch(/since 18:00:00\.$/);
  });

  it('does not claim what is only suspected', () => {
    expect(say({ explanation })).toBe(
      'Adam Kerr may be 31 m inside the exclusion zone Protected address, since 18:00:00. It is not confirmed.',
    );
  });

  it('speaks of what is over as over, and of a withdrawal first', () => {
    const episode = { startedAt: instantAt(0), endedAt: instantAt(4) };
    expect(say({ ...confirmed, episode, explanation }, null)).toBe(
      'Adam Kerr was inside the exclusion zone from 18:00:00 to 18:04:00 (4 min).',
    );
    expect(say({ type: 'withdrawn', episode, explanation })).toMatch(/^Withdrawn: Adam Kerr may have been inside/);
  });

  it('leaves a distance out that is on the other side: the newest fix may be of after', () => {
    const outside = { ...explanation, fixes: [{ ...fix, signedDistanceMetres: 5 }] };
    expect(say({ ...confirmed, explanation: outside })).toContain('is inside the exclusion zone');
    expect(say({ ...confirmed, kind: 'inclusion', explanation: outside })).toContain(
      'is 5 m outside the inclusion zone',
    );
  });

  it('tells the curfew with its hours', () => {
    const window = { opensAt: instantAt(-60), closesAt: instantAt(600) };
    expect(say({ ...confirmed, kind: 'curfew', reason: 'left-during', window })).toMatch(
      /^Adam Kerr has left home during the curfew \(17:00 to .*04:00\): out, since 18:00:00\.$/,
    );
  });

  it.each(ALERT_KINDS)(
    '%s that is over is told as over, whatever the reason, and one that goes on as going on',
    (kind) => {
      const episode = { startedAt: instantAt(0), endedAt: instantAt(4) };
      const present = /\b(is|are|has|reports|sends|comes|belongs|wears|never moves)\b/;
      for (const reason of [undefined, ...REASONS]) {
        const more = { kind, ...confirmed, ...(reason === undefined ? {} : { reason }) };
        // In brackets stands a reason as it is; and what was not known then is not known now.
        const over = say({ ...more, episode }).replaceAll(/\(.*?\)|^It is not known/g, '');
        expect(over).not.toMatch(present);
        expect(say(more)).not.toMatch(/is not heard from.*heard from/);
      }
    },
  );

  it('what was taken back is not put down to fixes that need not be any', () => {
    for (const kind of ALERT_KINDS) {
      expect(say({ kind, type: 'withdrawn' })).toMatch(/What came in later did not bear it out\.$/);
      expect(say({ kind, type: 'withdrawn', historic: true })).toMatch(
        /The past, judged again, did not bear it out\.$/,
      );
    }
  });

  it.each(ALERT_KINDS)('%s has a sentence with the name in it', (kind) => {
    for (const type of ['suspected', 'confirmed'] as const) {
      const sentence = say({ kind, type });
      expect(sentence).toContain('Adam Kerr');
      expect(sentence).toMatch(/\.$/);
      expect(sentence).not.toContain('undefined');
    }
  });
});

describe('the rest of the page in words', () => {
  it('a condition with its hours', () => {
    const curfew = {
      conditionId: 'C-1',
      version: 1,
      kind: 'curfew',
      zoneId: 'Z-1',
      schedule: { timeZone: 'Europe/London', windows: [{ days: ['mon', 'tue', 'wed'], from: '19:00', to: '07:00' }] },
    } as const;
    expect(conditionWords(curfew, 'home')).toBe('To be at home, Mon to Wed 19:00 to 07:00.');
    expect(daysWords(['sun', 'sat'])).toBe('Sat, Sun');
    expect(daysWords(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).toBe('every day');
  });

  it('who did what, with what they wrote', () => {
    expect(historyLine(finding())).toMatchObject({ who: 'Tagwatch', what: 'suspected it, high severity' });
    const disposed = action('disposed', [1, 0], { actor: 'alice', note: 'rang him' });
    expect(historyLine(disposed)).toMatchObject({ who: 'alice', what: 'closed it: no action', note: 'rang him' });
  });

  it('what came while there was no connection', () => {
    expect(describeMeanwhile(61_000, 2, 1)).toBe(
      'Connected again after 1 min 1 s: 2 new alerts and 1 change of known ones came meanwhile.',
    );
    expect(describeMeanwhile(5_000, 0, 0)).toBe('Connected again after 5 s: nothing came meanwhile.');
  });
});

describe('the map of the moment', () => {
  it('numbers the fixes and draws the circle of those whose accuracy is known', () => {
    const second = { ...fix, accuracyMetres: null };
    const { features } = momentFeatures(found({ explanation: { ...explanation, fixes: [fix, second] } }));
    expect(features.map(({ properties }) => properties?.['part'])).toEqual(['circle', 'fix', 'fix']);
    expect(features.at(-1)?.properties).toMatchObject({ number: '2' });
  });

  it('goes around the circles, and nowhere without a fix', () => {
    const [west, south, east, north] = boundsOf({ explanation })!;
    expect((north - south) * 111_195).toBeCloseTo(17, 0);
    expect(west).toBeLessThan(1);
    expect(east).toBeGreaterThan(1);
    expect(boundsOf({ explanation: { ...explanation, fixes: [] } })).toBeNull();
  });
});
