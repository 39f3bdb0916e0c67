/** Why an action did not count, as it is told over HTTP. */
import type { Refusal } from '../../../alerts/alert.js';
import type { ProblemInput } from '../../plugins/problems.js';

const REFUSALS: Readonly<
  Record<Refusal['reason'], { readonly status: number; readonly detail: string; readonly pointer?: string }>
> = {
  'unknown-alert': { status: 404, detail: 'There is no such alert.' },
  'too-late': { status: 412, detail: 'Somebody acted on this alert since it was seen.' },
  changed: { status: 412, detail: 'More was found about this alert since it was seen.' },
  'already-acknowledged': { status: 409, detail: 'The alert is acknowledged already.' },
  'already-owned': { status: 409, detail: 'The alert is somebody’s already: it can be assigned, or handed over.' },
  'not-owner': { status: 409, detail: 'The alert is not yours to give away.' },
  closed: { status: 409, detail: 'The alert is closed already.' },
  'not-closed': { status: 409, detail: 'The alert is unresolved already.' },
  'not-suspended': { status: 409, detail: 'The alert is not suspended.' },
  'already-proposed': { status: 409, detail: 'A suspension is proposed already: another person can agree to it.' },
  'not-proposed': { status: 409, detail: 'No suspension waits for a second person.' },
  'second-person-required': { status: 403, detail: 'Whoever proposes does not decide: it takes a second person.' },
  'not-due': { status: 409, detail: 'It is not time for this, or somebody has seen to it.' },
  'evidence-required': {
    status: 422,
    detail: 'A strap tamper is disposed of with a note, or with the time at which the tag was inspected.',
    pointer: '/note',
  },
  'disposition-required': { status: 422, detail: 'Say how the alert was resolved.', pointer: '/disposition' },
  'reason-required': { status: 422, detail: 'Say why, or what is to be known.', pointer: '/reason' },
  'person-required': { status: 422, detail: 'Say to whom.', pointer: '/to' },
  'end-required': { status: 422, detail: 'Say until when, 24 h from now at most.', pointer: '/until' },
  'key-reused': {
    status: 409,
    detail: 'This Idempotency-Key was used for another action, or one that said something else.',
  },
};

/** Members beyond RFC 9457's: `reason`, `by` and `at` of who was first, and what `more` says. */
export function toRefusalProblem(refusal: Refusal, more: object = {}): ProblemInput {
  const { status, detail, pointer } = REFUSALS[refusal.reason];
  const errors = pointer === undefined ? {} : { errors: [{ pointer, detail: 'is required here' }] };
  return { status, detail, ...errors, ...refusal, ...more };
}
