/** A manifest read: apart from what writes one, since schemas take longer to load than a pack of an hour to build. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { toCanonicalBytes } from '../canonical-json.js';
import { EDITIONS } from '../wire/pack.js';
import { areSameBytes } from './container.js';
import { SCHEMA } from './manifest.js';

const Text = Type.String({ minLength: 1, maxLength: 1_000 });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0 });

export const ManifestSchema = Type.Object({
  schema: Type.Literal(SCHEMA),
  packId: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }),
  edition: Type.Enum([...EDITIONS]),
  marking: Text,
  madeAt: Type.String({ format: 'date-time' }),
  madeBy: Text,
  recipient: Text,
  purpose: Text,
  wearerId: Text,
  alerts: Type.Array(Type.Object({ alertId: Text, revision: Count, actions: Count })),
  period: Type.Object({ from: Type.String({ format: 'date-time' }), to: Type.String({ format: 'date-time' }) }),
  program: Type.Object({ version: Text, engine: Hash }),
  parameters: Type.Record(Type.String(), Type.Number()),
  counts: Type.Object({
    pings: Count,
    judged: Count,
    notJudged: Type.Record(Type.String(), Count),
    gaps: Count,
  }),
  /** What retention deleted of that time; absent: nothing. */
  deleted: Type.Optional(
    Type.Array(
      Type.Object({
        from: Type.String({ format: 'date-time' }),
        to: Type.String({ format: 'date-time' }),
        messages: Count,
      }),
    ),
  ),
  withheld: Type.Array(Type.Object({ what: Text, why: Text })),
  files: Type.Array(Type.Object({ name: Text, bytes: Count, sha256: Hash })),
  keyId: Hash,
});
export type Manifest = Static<typeof ManifestSchema>;
const Checked = Compile(ManifestSchema);

/** The manifest in these bytes; throws, saying why, where they are none, or not written as one is. */
export function readManifest(bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Error('manifest.json is no JSON');
  }
  if (!Checked.Check(value)) throw new Error('manifest.json lacks what a manifest holds, or is of another version');
  if (!areSameBytes(toCanonicalBytes(value), bytes)) throw new Error('manifest.json is not in canonical form');
  return value;
}
