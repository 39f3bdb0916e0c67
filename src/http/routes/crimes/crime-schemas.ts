/** What the routes of crimes that are matched take and answer. */
import { type Static, Type } from 'typebox';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import {
  CRIME_RUN_STATES,
  type CrimeBatch,
  type CrimeResultItem,
  type CrimeRun,
  LEAST_RADIUS_METRES,
  MATCH_DECISIONS,
  MATCH_OUTCOMES,
  MAX_BATCH_CRIMES,
  MAX_BATCH_FAULTS,
  MAX_BATCH_FILE_LENGTH,
  MOST_RADIUS_METRES,
} from '../../../wire/crime-batch.js';
import { RecordId } from '../../../wire/record-id.js';
import { Said } from '../../plugins/export.js';
import { ListQuery } from '../../plugins/lists.js';

const Authority = Type.Object(
  {
    reference: Said('of the authority to match'),
    scope: Said('what it covers'),
    until: Type.String({ description: 'when it runs out; nothing is matched by it any more then' }),
  },
  { additionalProperties: false },
);
export const Body = Type.Object(
  {
    name: Said('what the file is called'),
    file: Type.String({
      minLength: 1,
      maxLength: MAX_BATCH_FILE_LENGTH,
      description: 'CSV: 13 columns as the Ministry of Justice takes it, or with a first line that names its columns',
    }),
    purpose: Said('what for'),
    authority: Authority,
    radiusMetres: Type.Optional(
      Type.Number({
        minimum: LEAST_RADIUS_METRES,
        maximum: MOST_RADIUS_METRES,
        description: 'how near is there; 100 unless said',
      }),
    ),
  },
  { additionalProperties: false },
);
export const Decision = Type.Object(
  {
    place: Type.Integer({ minimum: 1, maximum: MAX_BATCH_CRIMES, description: 'which crime of the batch' }),
    run: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'the run that it rests on' }),
    wearerId: RecordId,
    decision: Type.Enum([...MATCH_DECISIONS]),
    reason: Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' }),
  },
  { additionalProperties: false },
);

const Outcome = Type.Enum([...MATCH_OUTCOMES]);
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const NullableInstant = Type.Union([InstantSchema, Type.Null()]);
const Facts = {
  outcome: Outcome,
  fixes: Type.Integer({ description: 'within the window' }),
  probability: Type.Number({
    description: 'how much of one fix’s error lies within the radius: of a position, never of guilt',
  }),
  closestMetres: NullableNumber,
  closestAt: NullableInstant,
  speedKmh: NullableNumber,
  dwellSeconds: Type.Integer(),
  longestUnseenSeconds: Type.Integer({ description: 'the longest time within the window without a good fix' }),
  atRadius: Type.Unsafe<Readonly<Record<string, Static<typeof Outcome>>>>(
    Type.Record(Type.String(), Outcome, { description: 'what it would be within other radii, by metres' }),
  ),
};
const CrimeSchema = Type.Object({
  force: Type.String(),
  reference: Type.String(),
  version: Type.Integer({ description: 'the same crime that says otherwise than in a batch before is the next one' }),
  type: Type.String(),
  from: InstantSchema,
  to: InstantSchema,
  latitude: Type.Number(),
  longitude: Type.Number(),
  datum: Type.String(),
  text: Type.String(),
});
const Run = Type.Object({
  run: Type.Integer(),
  state: Type.Enum([...CRIME_RUN_STATES]),
  requestedBy: Type.String(),
  requestedAt: InstantSchema,
  wearers: Type.Integer({ description: 'who is examined, of those whom who asks may see' }),
  wearersDone: Type.Integer({ description: 'of those' }),
  endedAt: Type.Optional(InstantSchema),
  failure: Type.Optional(Type.String()),
});
export const Batch = Type.Object({
  batchId: Type.String(),
  name: Type.String(),
  requestedBy: Type.String(),
  requestedAt: InstantSchema,
  purpose: Type.String(),
  authority: Type.Object({ reference: Type.String(), scope: Type.String(), until: InstantSchema }),
  radiusMetres: Type.Number(),
  file: Type.Object({
    sha256: Type.String(),
    crimes: Type.Integer(),
    repeats: Type.Integer(),
    faults: Type.Unsafe<CrimeBatch['file']['faults']>(
      Type.Array(Type.Object({ line: Type.Integer(), detail: Type.String() }), {
        description: `rows that could not be used: the first ${MAX_BATCH_FAULTS}`,
      }),
    ),
    faultCount: Type.Integer(),
  }),
  runs: Type.Unsafe<readonly CrimeRun[]>(Type.Array(Run, { description: 'the newest first' })),
});
export const Result = Type.Object({
  place: Type.Integer(),
  crime: CrimeSchema,
  examined: Type.Integer(),
  eliminated: Type.Integer(),
  matches: Type.Unsafe<CrimeResultItem['matches']>(
    Type.Array(
      Type.Object({
        wearerId: Type.String(),
        ...Facts,
        daysThere: Type.Integer({ description: 'of the 28 days before, on how many he was there at that hour' }),
        daysKnown: Type.Integer({ description: 'of those, on how many anything was heard at it' }),
      }),
    ),
  ),
  cannotSay: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
  isChanged: Type.Union([Type.Boolean(), Type.Null()], {
    description: 'whether the run before had it otherwise; null: there is none before',
  }),
  decisions: Type.Unsafe<CrimeResultItem['decisions']>(
    Type.Array(
      Type.Object({
        wearerId: Type.String(),
        run: Type.Integer(),
        decision: Type.Enum([...MATCH_DECISIONS]),
        reason: Type.String(),
        by: Type.String(),
        at: InstantSchema,
      }),
      { description: 'the newest first' },
    ),
  ),
});
export const Shown = Type.Object({
  batchId: Type.String(),
  place: Type.Integer(),
  crime: CrimeSchema,
  wearerId: Type.String(),
  radiusMetres: Type.Number(),
  fastestKmh: Type.Number(),
  readAt: InstantSchema,
  ...Facts,
  outcomeOfRun: Type.Object({ run: Type.Integer(), outcome: Outcome }),
  coverage: Type.Object({
    goodFixes: Type.Integer(),
    lastBefore: NullableInstant,
    firstAfter: NullableInstant,
    errorMetres: Type.Union([Type.Object({ median: Type.Number(), widest: Type.Number() }), Type.Null()], {
      description: 'in one direction (σ), of the good fixes within the window',
    }),
    easiest: Type.Union([
      Type.Object({ from: NullableInstant, to: NullableInstant, neededKmh: NullableNumber }),
      Type.Null(),
    ]),
  }),
});

export const BatchParams = Type.Object({ batchId: Type.String({ maxLength: 64 }) });
const Count = Type.Integer({ minimum: 1, maximum: 1_000_000 });
export const RunParams = Type.Object({ batchId: Type.String({ maxLength: 64 }), run: Count });
export const ShownParams = Type.Object({ batchId: Type.String({ maxLength: 64 }), place: Count, wearerId: RecordId });
export const ResultQuery = Type.Interface([ListQuery], {
  isMatched: Type.Optional(Type.Boolean({ description: 'those crimes alone that somebody matches' })),
});
export const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);
