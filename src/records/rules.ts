/** Every kind of record, in the order in which one may refer to another. */
import { RECORD_KINDS, type RecordKind } from '../ports/records.js';
import { absence } from './kinds/absence.js';
import { activation } from './kinds/activation.js';
import { condition } from './kinds/condition.js';
import { consent } from './kinds/consent.js';
import { custodyPeriod } from './kinds/custody-period.js';
import { intelligence } from './kinds/intelligence.js';
import { legalHold } from './kinds/legal-hold.js';
import { mappa } from './kinds/mappa.js';
import { membership } from './kinds/membership.js';
import { note } from './kinds/note.js';
import { order } from './kinds/order.js';
import { ragRating } from './kinds/rag-rating.js';
import { recall } from './kinds/recall.js';
import { riskPlan } from './kinds/risk-plan.js';
import { suspension } from './kinds/suspension.js';
import { tag } from './kinds/tag.js';
import { tagModel } from './kinds/tag-model.js';
import { task } from './kinds/task.js';
import { wearer } from './kinds/wearer.js';
import { wearerFlags } from './kinds/wearer-flags.js';
import { zone } from './kinds/zone.js';
import type { RecordRule } from './rule.js';

/** A kind's own content is its rule's alone: to everybody else it is an object. */
const generalize = <C extends object>(rule: RecordRule<C>): RecordRule => rule as unknown as RecordRule;

const RULES: Readonly<Record<RecordKind, RecordRule>> = {
  wearer: generalize(wearer),
  'tag-model': generalize(tagModel),
  tag: generalize(tag),
  activation: generalize(activation),
  order: generalize(order),
  zone: generalize(zone),
  condition: generalize(condition),
  absence: generalize(absence),
  suspension: generalize(suspension),
  'custody-period': generalize(custodyPeriod),
  'rag-rating': generalize(ragRating),
  mappa: generalize(mappa),
  membership: generalize(membership),
  'wearer-flags': generalize(wearerFlags),
  'risk-plan': generalize(riskPlan),
  task: generalize(task),
  intelligence: generalize(intelligence),
  recall: generalize(recall),
  consent: generalize(consent),
  'legal-hold': generalize(legalHold),
  note: generalize(note),
};

export const ruleOf = (kind: RecordKind): RecordRule => RULES[kind];
export const RECORD_RULES: readonly RecordRule[] = RECORD_KINDS.map(ruleOf);
