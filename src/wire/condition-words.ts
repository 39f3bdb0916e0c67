/** Conditions and orders in words. Pure. */
import type { ConditionKind } from '../engine/types.js';
import type { OrderType } from './order.js';

/** What is said of a condition. */
export interface SaidCondition {
  readonly kind: ConditionKind;
  readonly schedule?: {
    readonly windows: readonly { readonly days: readonly string[]; readonly from: string; readonly to: string }[];
  };
}

export const CONDITION_KIND_WORDS: Readonly<Record<ConditionKind, string>> = {
  exclusion: 'Not to enter',
  inclusion: 'Not to leave',
  restriction: 'To stay within',
  curfew: 'To be at',
};

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `every day`, `Mon to Fri`, `Sat, Sun`. */
export function daysWords(days: readonly string[]): string {
  const indexes = DAYS.flatMap((day, index) => (days.includes(day) ? [index] : []));
  if (indexes.length === DAYS.length) return 'every day';
  const [first, last] = [indexes[0], indexes.at(-1)];
  if (first === undefined || last === undefined) return 'no day';
  if (indexes.length > 2 && last - first === indexes.length - 1) return `${DAY_NAMES[first]} to ${DAY_NAMES[last]}`;
  return indexes.map((index) => DAY_NAMES[index]).join(', ');
}

/** `Not to enter Protected address, W-001, at any time.`; `To be at home, every day 19:00 to 07:00.` */
export function conditionWords({ kind, schedule }: SaidCondition, zone: string): string {
  const windows = schedule?.windows ?? [];
  const hours =
    schedule === undefined
      ? 'at any time'
      : windows.map(({ days, from, to }) => `${daysWords(days)} ${from} to ${to}`).join('; ') || 'by its schedule';
  return `${CONDITION_KIND_WORDS[kind]} ${zone}, ${hours}.`;
}

/** Of the clause of an order, as it stands there. */
export const MAX_WORDING_LENGTH = 4_000;
const NO_WORDING = 'The words of the court are not on record.';

/** What the order or licence itself says, in quotes; where nobody wrote it down, that it is not there. */
export const wordingWords = (wording: string | null | undefined): string =>
  wording == null ? NO_WORDING : `In the words of the order: “${wording}”`;

export const ORDER_WORDS: Readonly<Record<OrderType, string>> = {
  hdc: 'Home Detention Curfew',
  licence: 'Licence',
  bail: 'Bail',
  'community-order': 'Community order',
  'suspended-sentence': 'Suspended sentence order',
  dapo: 'Domestic Abuse Protection Order',
  voluntary: 'Voluntary',
};

/** Who decides what follows. A reminder of where to look, not legal advice: the order itself and the force's policy say what may be done. */
export const POWER_WORDS: Readonly<Record<OrderType, string>> = {
  hdc: 'Recall is the Probation Service’s and HMPPS’s to decide (Criminal Justice Act 2003, s.255).',
  licence: 'Recall is the Probation Service’s and HMPPS’s to decide (Criminal Justice Act 2003, s.254).',
  bail: 'A constable may arrest who is believed to break a condition of bail (Bail Act 1976, s.7).',
  'community-order': 'The responsible officer enforces it, before the court (Sentencing Act 2020, Schedule 10).',
  'suspended-sentence': 'The responsible officer enforces it, before the court (Sentencing Act 2020, Schedule 16).',
  dapo: 'Breaking it is an offence (Domestic Abuse Act 2021, s.39).',
  voluntary: 'The wearer agreed to it: it gives no power to arrest or to recall.',
};
