/** The risk management plan: what is done about a wearer's risk, part by part, and about every condition. What is to be done of it are tasks. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { RecordId } from '../../wire/record-id.js';
import { MAX_PLAN_PART_LENGTH, PLAN_PARTS, type PlanPart, type RiskPlanContent } from '../../wire/risk-plan.js';
import { createInstantReader } from '../instants.js';
import { Instant, Paragraphs, type RecordRule, type Refusal } from '../rule.js';
import { aboutWearer, EffectiveAt, sayEffective } from './judgement.js';

/** Those that a wearer may have on record (`kinds/condition.ts`), those of all wearers, and those that no tag watches. */
const MAX_CONDITIONS = 200;
const Text = Type.String({ ...Paragraphs(MAX_PLAN_PART_LENGTH), minLength: 1 });

const parts = Object.fromEntries(
  Object.entries(PLAN_PARTS).map(([part, words]) => [part, Type.String({ ...Text, description: words })]),
) as Record<PlanPart, typeof Text>;
const rest = {
  conditions: Type.Array(
    Type.Object(
      {
        conditionId: Type.Optional(RecordId),
        wording: Type.Optional(
          Type.String({ ...Text, description: 'Of a condition that no tag watches: its words, in place of an id' }),
        ),
        plan: Text,
      },
      { additionalProperties: false },
    ),
    {
      maxItems: MAX_CONDITIONS,
      description: 'What is done about each: every condition of the wearer that has not ended is named',
    },
  ),
  reviewAt: Type.Optional(Type.String({ ...Instant, description: 'Without it: as often as the rating asks for' })),
};

/** A condition is named once, by its id or by its words. */
function checkConditions({ conditions }: RiskPlanContent, errors: RecordFault[]): void {
  const named = new Set<string>();
  for (const [i, { conditionId, wording }] of conditions.entries()) {
    const pointer = `/conditions/${i}`;
    if ((conditionId === undefined) === (wording === undefined))
      errors.push({ pointer, detail: 'names a condition by its id, or by its words where no tag watches it' });
    if (conditionId === undefined) continue;
    if (named.has(conditionId)) errors.push({ pointer: `${pointer}/conditionId`, detail: 'is named twice' });
    named.add(conditionId);
  }
}

export const riskPlan: RecordRule<RiskPlanContent> = {
  ...aboutWearer,
  kind: 'risk-plan',
  name: 'risk management plan',
  path: '/risk-plans',
  operations: { read: 'plans.read', write: 'plans.write' },
  body: Type.Object({ ...parts, ...rest, effectiveAt: Type.Optional(EffectiveAt) }, { additionalProperties: false }),
  answer: Type.Object({
    ...parts,
    victimSafety: Type.Optional(
      Type.String({ description: `${PLAN_PARTS.victimSafety}: absent for whom what is of victims is kept from` }),
    ),
    ...rest,
  }),
  parse(body: RiskPlanContent & { readonly effectiveAt?: string }) {
    const errors: RecordFault[] = [];
    checkConditions(body, errors);
    const reviewAt = createInstantReader(errors).readOptional('/reviewAt', body.reviewAt);
    return sayEffective({ ...body, ...(reviewAt === undefined ? {} : { reviewAt }) }, errors);
  },
  references: ({ conditions }, wearerId) => [
    { pointer: '', kind: 'wearer', id: wearerId },
    ...conditions.flatMap(({ conditionId }, i) =>
      conditionId === undefined
        ? []
        : [{ pointer: `/conditions/${i}/conditionId`, kind: 'condition' as const, id: conditionId }],
    ),
  ],
  /** The conditions are the wearer's, or of all wearers; and none of the wearer's that has not ended is left out. */
  async judge(written, facts, tx, nowMs) {
    const named = written.flatMap(({ content }) => content.conditions.flatMap(({ conditionId }) => conditionId ?? []));
    const belonging = await facts.readBelonging(tx, [...new Set(named)]);
    const standing = await facts.listStandingConditions(
      tx,
      written.map(({ id }) => id),
      nowMs,
    );
    const refusals = new Map<string, Refusal>();
    for (const { id, content } of written) {
      const own = new Set(content.conditions.flatMap(({ conditionId }) => conditionId ?? []));
      const errors: RecordFault[] = content.conditions.flatMap(({ conditionId }, i) =>
        conditionId === undefined || (belonging.get(conditionId)?.wearerId ?? id) === id
          ? []
          : [{ pointer: `/conditions/${i}/conditionId`, detail: `wearer ${id} has no condition ${conditionId}` }],
      );
      for (const conditionId of standing.get(id) ?? [])
        if (!own.has(conditionId))
          errors.push({ pointer: '/conditions', detail: `does not say what is done about condition ${conditionId}` });
      if (errors.length > 0) refusals.set(id, { type: 'invalid', errors });
    }
    return refusals;
  },
  withoutVictims({ victimSafety: _, conditions, ...content }, isOfVictim) {
    return {
      ...content,
      conditions: conditions.filter(({ conditionId }) => conditionId === undefined || !isOfVictim(conditionId)),
    };
  },
};
