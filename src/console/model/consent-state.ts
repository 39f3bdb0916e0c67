/** How consents stand, by the rule by which collection goes (`consent_held` of the database). Pure. */

/** What a consent says. Instants are RFC 3339. */
export interface ConsentSaid {
  readonly givenAt: string;
  readonly expiresAt?: string;
  readonly withdrawnAt?: string;
}

/** When it is over; null: no end is known. Whoever withdraws takes back every consent given until then. */
export function consentEndsMs({ givenAt, expiresAt }: ConsentSaid, all: readonly ConsentSaid[]): number | null {
  const givenMs = Date.parse(givenAt);
  const ends = all.flatMap(({ withdrawnAt }) => (withdrawnAt === undefined ? [] : [Date.parse(withdrawnAt)]));
  const endsMs = Math.min(
    expiresAt === undefined ? Infinity : Date.parse(expiresAt),
    ...ends.filter((withdrawnMs) => withdrawnMs >= givenMs),
  );
  return endsMs === Infinity ? null : endsMs;
}

export function isHeld(consent: ConsentSaid, all: readonly ConsentSaid[], atMs: number): boolean {
  return Date.parse(consent.givenAt) <= atMs && atMs < (consentEndsMs(consent, all) ?? Infinity);
}
