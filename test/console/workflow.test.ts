import { describe, expect, it } from 'vitest';
import { type AlertEvent, DISPOSITIONS } from '../../src/alerts/event.js';
import { ONE_BY_ONE } from '../../src/console/api.js';
import { PAGE_KEYS, VERB_KEYS } from '../../src/console/components/verb-keys.js';
import { ACT_FORMS, missingField } from '../../src/console/model/act-forms.js';
import { standAt } from '../../src/console/model/as-at.js';
import { knownPeople } from '../../src/console/model/known-people.js';
import { listOffered, VERBS } from '../../src/console/model/offered-acts.js';
import { historyLine } from '../../src/console/words/history-words.js';
import { ownerWords, proposalWords } from '../../src/console/words/owner-words.js';
import { personWords } from '../../src/console/words/people-words.js';
import { ACTIONS_TOLD } from '../../src/http/routes/alerts/action-bodies.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const nowMs = Date.parse(instantAt(30));
const me = { subjectId: 'alice', isAlone: false, may: () => true };

describe('what is offered', () => {
  const offered = (events: readonly AlertEvent[], asker = me) => listOffered(itemOf(...events), asker, nowMs);

  it('is what the judge takes from this person now', () => {
    expect(offered([finding()])).toEqual([
      'acknowledge',
      'take',
      'dispose',
      'note',
      'assign',
      'suspend',
      'request-review',
    ]);
    const mine = [finding(), action('taken', [1, 0], { actor: 'alice' })];
    expect(offered(mine)).toEqual(['dispose', 'note', 'hand-over', 'release', 'suspend', 'request-review']);
    expect(offered(mine, { ...me, subjectId: 'bob' })).toEqual([
      'dispose',
      'note',
      'assign',
      'suspend',
      'request-review',
    ]);
    expect(offered([finding(), action('disposed', [1, 0])])).toEqual(['note', 'reopen']);
  });

  it('a suspension can be ended and not begun again, and contact with a victim is of a victim’s zone', () => {
    const until = new Date(nowMs + 3_600_000).toISOString();
    const suspended = [finding({ zonePriority: 'victim' }), action('suspended', [1, 0], { until, reason: 'hospital' })];
    expect(offered(suspended)).toContain('resume');
    expect(offered(suspended)).not.toContain('suspend');
    expect(offered(suspended)).toContain('victim-contact');
  });

  it('at a victim’s zone a suspension is proposed, and another one agrees; who is alone suspends', () => {
    const raised = [finding({ zonePriority: 'victim' })];
    expect(offered(raised)).toContain('propose-suspension');
    expect(offered(raised)).not.toContain('suspend');
    const alone = { ...me, isAlone: true };
    expect(offered(raised, alone)).toContain('suspend');
    expect(offered(raised, alone)).not.toContain('propose-suspension');
    const until = new Date(nowMs + 3_600_000).toISOString();
    const proposed = [...raised, action('suspension-proposed', [1, 0], { actor: 'x#bob', until, reason: 'hospital' })];
    expect(offered(proposed)).toEqual(expect.arrayContaining(['agree-suspension', 'refuse-suspension']));
    expect(offered(proposed)).not.toContain('propose-suspension');
    const bobs = offered(proposed, { ...me, subjectId: 'x#bob' });
    expect(bobs).toContain('refuse-suspension');
    expect(bobs).not.toContain('agree-suspension');
    expect(proposalWords(itemOf(...proposed), nowMs)).toMatch(/^bob proposes to suspend it until .*: hospital$/);
    expect(proposalWords(itemOf(...proposed), Date.parse(until))).toBeNull();
    const agreed = itemOf(...proposed, action('suspension-agreed', [1, 1], { actor: 'x#cat' }));
    expect(ownerWords(agreed, nowMs)).toMatch(/^Suspended until .* by bob, agreed by cat: hospital$/);
  });

  it('is nothing to whom may do nothing', () => {
    expect(offered([finding()], { ...me, may: () => false })).toEqual([]);
  });
});

describe('the acts', () => {
  it('are those of the server, each with a key of its own that the pages have not', () => {
    expect([...VERBS].sort()).toEqual(Object.keys(ACTIONS_TOLD).sort());
    const keys = Object.values(VERB_KEYS);
    expect(new Set(keys).size).toBe(keys.length);
    for (const taken of PAGE_KEYS) expect(keys).not.toContain(taken);
  });

  it('are not sent before they say what they have to', () => {
    const missing = (verb: keyof typeof ACT_FORMS, values: Record<string, string>, item = itemOf(finding())) =>
      missingField(ACT_FORMS[verb], values, [item])?.name ?? null;
    expect(missing('dispose', {})).toBe('disposition');
    expect(missing('dispose', { disposition: 'no-action' })).toBeNull();
    const strap = itemOf(finding({ kind: 'strap-tamper' }));
    expect(missing('dispose', { disposition: 'no-action', note: ' ' }, strap)).toBe('note');
    expect(missing('hand-over', { to: 'bob' })).toBe('note');
    expect(missing('suspend', { minutes: '30' })).toBe('reason');
  });

  it('say what the server takes', () => {
    expect(ACT_FORMS.dispose.toAct({ disposition: DISPOSITIONS[0], note: ' ' }, nowMs)).toEqual({
      verb: 'dispose',
      disposition: 'breach-confirmed',
    });
    expect(ACT_FORMS.suspend.toAct({ minutes: '30', reason: 'hospital' }, nowMs)).toEqual({
      verb: 'suspend',
      until: new Date(nowMs + 1_800_000).toISOString(),
      reason: 'hospital',
    });
  });
});

describe('an alert as it stood', () => {
  const events = [
    finding({ raisedAt: instantAt(0) }),
    action('acknowledged', [1, 0], { at: instantAt(5) }),
    action('disposed', [1, 1], { at: instantAt(9) }),
  ];

  it('is what its events of until then make it', () => {
    expect(standAt(events, Date.parse(instantAt(0)) - 1)).toBeNull();
    expect(standAt(events, Date.parse(instantAt(4)))?.item).toEqual(itemOf(...events.slice(0, 1)));
    expect(standAt(events, Date.parse(instantAt(5)))?.item.acknowledgedBy).toBe('local');
    expect(standAt(events, Date.parse(instantAt(20)))?.item.status).toBe('closed');
  });

  it('goes by the log: what stands before an event that had happened had happened too', () => {
    const late = [events[0]!, action('noted', [1, 0], { at: instantAt(7), note: 'x' }), events[1]!];
    expect(standAt(late, Date.parse(instantAt(5)))?.events).toHaveLength(3);
  });
});

describe('people', () => {
  it('are called by what their subject says of them', () => {
    expect(personWords('https://sign-in.example#sam')).toBe('sam');
    expect(personWords('local')).toBe('local');
  });

  it('whom an alert can be given to are those whom alerts name', () => {
    expect(knownPeople([itemOf(finding(), action('taken', [1, 0], { actor: 'https://x#bob' }))])).toEqual([
      'https://x#bob',
    ]);
  });

  it('who has an alert, and what was done about it, is told in words', () => {
    const taken = itemOf(finding(), action('taken', [1, 0], { actor: 'https://x#bob', at: instantAt(5) }));
    expect(ownerWords(taken, nowMs)).toMatch(/^In hand: bob at /);
    const given = itemOf(finding(), action('assigned', [1, 0], { to: 'https://x#bob', at: instantAt(5) }));
    expect(ownerWords(given, nowMs)).toMatch(/^Given to bob at .*, not seen yet$/);
    expect(historyLine(action('handed-over', [1, 1], { to: 'https://x#bob', note: 'rang' }))).toMatchObject({
      what: 'handed it over to bob',
      note: 'rang',
    });
    expect(historyLine(action('escalated', [1, 1], { actor: 'tagwatch', to: 'sergeant', level: 1 }))).toMatchObject({
      who: 'Tagwatch',
      what: 'told the sergeant: nobody had seen it',
    });
  });
});

it('what the server does not take for many in one request is sent one by one', () => {
  const own = Object.entries(ACTIONS_TOLD).filter(([, { operation }]) => operation !== 'alerts.act');
  expect([...ONE_BY_ONE].sort()).toEqual(own.map(([verb]) => verb).sort());
});
