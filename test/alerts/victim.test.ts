/** An alert about the zone of a victim stays one, whatever the zone becomes. */
import { describe, expect, it } from 'vitest';
import { type Alert, fromAlertItem, toAlertItem } from '../../src/alerts/alert.js';
import { carry } from '../../src/alerts/carried.js';
import type { FindingEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { alertWithoutVictimZone, concernsVictim } from '../../src/alerts/victim.js';
import { action, finding, instantAt } from './events.js';

const victims = { zonePriority: 'victim', severity: 'critical' } as const;
const standard = { zonePriority: 'standard', severity: 'high' } as const;

const fold = (findings: readonly FindingEvent[], from: Alert | null = null): Alert =>
  findings.reduce<Alert | null>((alert, event, seq) => applyEvent(alert, event, seq).alert, from)!;

const noMore = fold([finding(victims), finding({ ...standard, revision: 2 })]);

describe('an alert at a zone that was a victim’s', () => {
  it('concerns a victim by its first finding, by a later one, and by the severity of before zones told what they are', () => {
    expect(concernsVictim(noMore)).toBe(true);
    expect(concernsVictim(fold([finding(standard), finding({ ...victims, revision: 2 })]))).toBe(true);
    expect(concernsVictim(fold([finding({ severity: 'critical' }), finding({ ...standard, revision: 2 })]))).toBe(true);
    expect(concernsVictim(fold([finding(standard), finding({ revision: 2 })]))).toBe(false);
  });

  it('what is about no zone is none, however severe a table makes it', () => {
    const ofTag = {
      kind: 'strap-tamper',
      severity: 'critical',
      severityTable: 'T-1',
      conditionId: null,
      zoneId: null,
    } as const;
    expect(concernsVictim(fold([finding(ofTag), finding({ ...ofTag, revision: 2 })]))).toBe(false);
  });

  it('stays one through acts, in a list, carried on, and in a fold of before that does not say so', () => {
    const noted = applyEvent(noMore, action('noted', [2, 0]), 7).alert!;
    expect(concernsVictim(noted)).toBe(true);
    expect(concernsVictim(fromAlertItem(toAlertItem(noMore)))).toBe(true);
    expect(concernsVictim(applyEvent(null, carry(noMore, instantAt(5)), 9).alert!)).toBe(true);
    const { wasOfVictim: _, ...before } = fold([finding(victims)]);
    expect(concernsVictim(fold([finding({ ...standard, revision: 2 })], before))).toBe(true);
  });

  it('stays one where a program from before the fold said so carries it on', () => {
    const standing = fold([finding(victims)]);
    const { wasOfVictim: _, ...older } = fold([finding(victims), finding({ ...standard, revision: 2 })]);
    const read = { ...older, firstSeq: standing.firstSeq, lastSeq: standing.lastSeq + 5 };
    const { alert, outcome } = applyEvent(standing, carry(read, instantAt(5)), 9);
    expect([outcome, concernsVictim(alert!)]).toEqual(['accepted', true]);
  });

  it('is told without the zone and without that it was a victim’s', () => {
    const told = toAlertItem(alertWithoutVictimZone(noMore));
    expect(told).toMatchObject({ conditionId: null, zoneId: null, severity: 'high' });
    expect(Object.keys(told)).not.toContain('wasOfVictim');
    expect(Object.keys(told)).not.toContain('zonePriority');
  });
});
