/** The legal instruments, and what each lets be asked for where it was not kept. */
export const ORDER_TYPES = [
  'hdc',
  'licence',
  'bail',
  'community-order',
  'suspended-sentence',
  'dapo',
  'voluntary',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/** What asks for what: the order decides. */
export type RecallType = 'recall' | 'breach';

const LICENCES: readonly string[] = ['hdc', 'licence'] satisfies OrderType[];
export const recallTypeOf = (orderType: string): RecallType => (LICENCES.includes(orderType) ? 'recall' : 'breach');

const NO_POWER: Readonly<Partial<Record<string, string>>> = {
  voluntary:
    'the wearer agreed to the tag and is under no order: there is no power to recall or to bring a breach; what can be done is to end the agreement, or to ask for an order',
} satisfies Partial<Record<OrderType, string>>;

/** Why nothing may be asked for under an order of this kind; null: it may. */
export const whyNoRecall = (orderType: string): string | null => NO_POWER[orderType] ?? null;
