import { describe, expect, test } from 'vitest';
import {
  addCorner,
  changeCorner,
  EMPTY_DRAFT,
  listCorners,
  readPlaces,
  toDraft,
  toRecords,
  toZoneBody,
  type ZoneRecord,
} from '../../src/console/model/zone-draft.js';
import { draftByWizard, WIZARDS } from '../../src/console/model/zone-wizards.js';
import { countByHour, resultWords } from '../../src/console/words/rehearsal-words.js';
import { condition } from '../../src/records/kinds/condition.js';
import { zone } from '../../src/records/kinds/zone.js';

const SQUARE = '51.281, 1.079\n51.279, 1.079\n51.279, 1.081\n51.281, 1.081';
const SAID = {
  orderId: 'O-1',
  places: '51.28, 1.08',
  name: 'The place',
  dates: ['2026-12-05', '2026-12-12'],
  startsAt: '2026-12-01T15:00',
  stem: 'abc',
};

describe('corners as text', () => {
  test('a line that is no place is told by its number, and the others are kept', () => {
    const { parts, faults } = readPlaces(`${SQUARE}\nnorth of the river`);
    expect(parts).toEqual([[expect.toSatisfy((ring: unknown[]) => ring.length === 4)]]);
    expect(faults).toEqual([{ line: 5, detail: expect.stringContaining('latitude, longitude') }]);
  });

  test('an empty line begins a hole, --- another part, and what is read from a record is written so', () => {
    const body = toZoneBody({
      ...EMPTY_DRAFT,
      places: `${SQUARE}\n\n51.2801, 1.08\n51.28, 1.08\n51.28, 1.0801\n---\n${SQUARE}`,
    });
    const { geometry } = body as ZoneRecord;
    expect(geometry.type).toBe('MultiPolygon');
    const again = toZoneBody(toDraft('Z', { geometry, properties: {} })) as ZoneRecord;
    expect(again.geometry).toEqual(geometry);
  });

  test('a corner that is added lies between its neighbours, one is moved, one taken out', () => {
    const added = addCorner(SQUARE, [51.28, 1.0788], false);
    expect(added.split('\n').indexOf('51.28, 1.0788')).toBe(1);
    const { line } = listCorners(added)[1]!;
    expect(changeCorner(added, line, [51.2805, 1.07]).split('\n')[1]).toBe('51.2805, 1.07');
    expect(changeCorner(added, line, null)).toBe(SQUARE);
    expect(addCorner(SQUARE, [51, 1], true)).toBe('51, 1');
  });
});

test.each(WIZARDS)('what the wizard %s drafts is what PUT takes', (wizard) => {
  const draft = { ...draftByWizard(wizard, SAID), ...(wizard === 'zone' && { places: SQUARE }) };
  const [zoneRecord, conditionRecord] = toRecords(draft);
  expect(zone.parse(zoneRecord!.body as never, draft.zoneId, null)).toMatchObject({ ok: true });
  expect(condition.parse(conditionRecord!.body as never, 'C-abc', null)).toMatchObject({ ok: true });
  expect(conditionRecord!.body).not.toHaveProperty('wording');
  const wording = 'Not to enter\nthe place.';
  const [, told] = toRecords({ ...draft, condition: { ...draft.condition!, wording } });
  expect(told!.body).toEqual({ ...conditionRecord!.body, wording });
  if (wizard === 'hdc')
    expect(conditionRecord!.body).toMatchObject({
      schedule: {
        exceptions: [{ date: '2026-12-05', reason: 'first-night', windows: [{ from: '15:00', to: '07:00' }] }],
      },
    });
});

test('a rehearsal is counted by local hour, and nothing to judge by is not nothing raised', () => {
  const none = { wearers: [{ wearerId: 'W', pings: 0, alerts: 0, notJudgedTagIds: [] }], alerts: [] };
  expect(resultWords(none, 28)).toContain('nothing to judge by');
  const alert = { episode: { startedAt: '2026-06-15T12:30:00Z', endedAt: null }, type: 'confirmed' };
  const taken = { ...alert, type: 'withdrawn' };
  const counts = countByHour([alert, taken] as never);
  // A Monday, in summer time.
  expect(counts[0]![13]).toBe(1);
  expect(counts.flat().reduce((sum, one) => sum + one, 0)).toBe(1);
});
