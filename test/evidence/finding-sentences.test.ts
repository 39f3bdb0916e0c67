/** What people read of a finding: a suspicion never reads as more, and what speaks against it stands beside it. */
import { expect, test } from 'vitest';
import { certaintyOf, summarise } from '../../src/evidence/finding-sentences.js';
import { limitsOfAlert, limitsOfDevice, limitsOfTrack } from '../../src/evidence/limits.js';
import { notJudgedWords } from '../../src/evidence/not-judged-words.js';
import type { PackModel } from '../../src/evidence/pack-model.js';
import { makeModel } from '../support/pack.js';

const SUSPECTED = { isInside: (i: number) => i === 5, accuracyMetres: 60 };

const first = ({ alerts }: PackModel) => alerts[0]!;

/** A sentence that says what the wearer did, and not how sure that is. */
const ASSERTS = /wearer (was|came|wore)/;

test('a suspicion says so in every sentence that claims anything, and never speaks of a breach', () => {
  const model = makeModel(SUSPECTED);
  // It was withdrawn by the fixes that followed; as it stood before:
  const { alert, findings, ...rest } = first(model);
  const suspected = findings.filter(({ type }) => type === 'suspected');
  const pack = { ...rest, findings: suspected, alert: { ...alert, finding: suspected.at(-1)! } };
  expect(certaintyOf(pack)).toBe('suspected');
  const said = [...summarise(pack), ...limitsOfAlert(pack, model)];
  for (const sentence of said) {
    expect(sentence).not.toMatch(/[Bb]reach|[Vv]iolat|[Oo]ffen[cd]|CONFIRMED/);
    if (ASSERTS.test(sentence)) expect(sentence).toMatch(/suspected, and not confirmed/);
  }
  expect(said.join(' ')).toMatch(/did not reach the threshold for confirmation/);
});

test('one that was withdrawn is said not to stand', () => {
  const model = makeModel(SUSPECTED);
  expect(certaintyOf(first(model))).toBe('withdrawn');
  expect(summarise(first(model))[0]).toMatch(/^This finding was withdrawn and does not stand\./);
  expect(limitsOfAlert(first(model), model)).toContain('It was withdrawn: it shows nothing.');
});

test('one that was confirmed says by what, and that it is no decision', () => {
  const pack = first(makeModel());
  expect(summarise(pack)[0]).toMatch(
    /^By the evidence of the tag, which reached the threshold for confirmation, the wearer was inside/,
  );
  expect(summarise(pack).join(' ')).not.toMatch(/breach/i);
});

test('fixes that did not count, gaps, accuracy, battery and absences are told', () => {
  const model = makeModel();
  const said = [...limitsOfTrack(model), ...limitsOfDevice(model), ...limitsOfAlert(first(model), model)].join('\n');
  expect(said).toMatch(/1 of the 12 messages of this time did not count/);
  expect(said).toMatch(/Not counted because they were not found by satellite: 1\./);
  expect(said).toMatch(/There is one gap in the evidence, 10 min in all/);
  expect(said).toMatch(/lowest state of the battery in this time was 69 %/);
  // The one that was over before is not told of.
  expect(said.match(/An authorised absence is on record/g)).toHaveLength(1);
  expect(said).toMatch(/8 m at best, 8 m in the middle, 8 m at worst/);
});

test('fixes nearer to the boundary than their accuracy are told of', () => {
  const model = makeModel();
  const pack = first(model);
  const vague = {
    ...pack,
    findings: pack.findings.map((one) => ({
      ...one,
      explanation: { ...one.explanation, fixes: one.explanation.fixes.map((fix) => ({ ...fix, accuracyMetres: 190 })) },
    })),
  };
  // None of them is: nothing is said of the other side.
  expect(limitsOfAlert(pack, model).join('\n')).toMatch(
    /It rests on 2 fixes, farther from the boundary than the accuracy/,
  );
  expect(limitsOfAlert(vague, model).join('\n')).toMatch(
    /It rests on 2 fixes; 2 of them no farther from the boundary than their stated accuracy/,
  );
});

test('what was deleted because of its age is told beside the gaps, and only then', () => {
  expect(limitsOfTrack({ ...makeModel(), deletedPings: 7 }).join('\n')).toMatch(
    /At least 7 messages of this time.*deleted because of their age/,
  );
  expect(limitsOfTrack(makeModel()).join('\n')).not.toMatch(/deleted/);
  // The silence before the last message is the tag's in part, and retention's in part; or retention's alone.
  const model = makeModel();
  const [fromMs, toMs] = [model.track.at(-2)!.fix.fixedAtMs, model.track.at(-1)!.fix.fixedAtMs];
  const said = (from: number, to: number) =>
    limitsOfTrack({ ...model, deletedPings: 3, deleted: [{ fromMs: from, toMs: to, messages: 3 }] }).join('\n');
  const whole = said(fromMs + 60_000, toMs - 60_000);
  expect(whole).toMatch(/There is no other gap in the evidence/);
  expect(whole).toMatch(
    /What the tag sent from 2026-11-20T20:11:00.* to 2026-11-20T20:19:00.* was deleted.*\(3 messages\): that nothing is shown then is no silence/,
  );
  expect(said(fromMs + 60_000, fromMs + 120_000)).toMatch(
    /There is one gap in the evidence beside what was deleted, 8 min in all/,
  );
});

test('a reason without words is told by its name', () => {
  expect(notJudgedWords('repeated')).toMatch(/nothing new/);
  expect(notJudgedWords('something-later')).toBe('of this reason: something-later');
});

test('on the night when the clocks go back, both 01:30 are told apart', () => {
  const said = (startMs: number) => summarise(first(makeModel({ startMs }))).join(' ');
  expect(said(Date.parse('2026-10-25T00:27:00Z'))).toContain('2026-10-25T01:30:00+01:00 (2026-10-25T00:30:00.000Z)');
  expect(said(Date.parse('2026-10-25T01:27:00Z'))).toContain('2026-10-25T01:30:00+00:00 (2026-10-25T01:30:00.000Z)');
});
