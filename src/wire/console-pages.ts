/** The addresses of the console's pages beside `/`: the server answers each with the console, which shows what the address names. */

/** Pages whose address says all: `/register`. */
export const PLAIN_PAGES = [
  'register',
  'off-now',
  'alarm-health',
  'handover',
  'rejected',
  'cohort',
  'zones',
  'desk',
  'custody-list',
  'imports',
  'intelligence',
  'briefings',
  'statistics',
  'recalls',
  'proposals',
  'keys',
] as const;
export type PlainPage = (typeof PLAIN_PAGES)[number];

export const PAGE_ADDRESSES: readonly string[] = [
  '/alerts/:alertId',
  '/wearers/:wearerId',
  '/packs',
  '/crimes',
  '/patterns',
  '/recalls/:recallId',
  ...PLAIN_PAGES.map((name) => `/${name}`),
];
