/** A legal hold, as `PUT /legal-holds/{legalHoldId}` takes it and the console shows it. Instants are RFC 3339 in UTC. */
export interface LegalHoldContent {
  readonly wearerId: string;
  /** Of what is held; without an end it goes on. */
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly reason: string;
  /** Of the case, complaint or inquest that asks for it. */
  readonly reference?: string;
  /** By when somebody asks whether it is still needed; it holds on after that. */
  readonly reviewAt?: string;
  /** Of the pack that placed it itself, whose id it has. */
  readonly packId?: string;
  /** Why it holds no more; without it, it holds. */
  readonly liftedReason?: string;
}
