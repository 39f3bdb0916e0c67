/** A wearer's risk management plan, as `PUT /risk-plans/{wearerId}` takes it and the console shows it. */

/** The parts in words; the sixth is what is done about each condition. */
export const PLAN_PARTS = {
  supervision: 'Supervision',
  monitoring: 'Monitoring and control',
  interventions: 'Interventions and treatment',
  victimSafety: 'Victim safety',
  contingency: 'Contingency',
} as const;
export type PlanPart = keyof typeof PLAN_PARTS;

/** What is done about one condition: one on record, or one that no tag watches, by its words. */
export interface PlannedCondition {
  readonly conditionId?: string;
  readonly wording?: string;
  readonly plan: string;
}

export interface RiskPlanContent extends Readonly<Record<PlanPart, string>> {
  readonly conditions: readonly PlannedCondition[];
  /** RFC 3339; without it: as often as the rating asks for. */
  readonly reviewAt?: string;
}

export const MAX_PLAN_PART_LENGTH = 4_000;
