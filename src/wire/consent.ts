/** A consent, as `PUT /consents/{consentId}` takes it: server and console have it from here. */
export interface ConsentContent {
  readonly wearerId: string;
  readonly givenAt: string;
  /** How it was given, and where that is kept. */
  readonly evidence: string;
  readonly expiresAt?: string;
  readonly withdrawnAt?: string;
}
