/** `GET /api/v1/keys`: the public keys that evidence packs and checkpoints of the audit are verified by, for everybody. */
import { Type } from 'typebox';
import type { App } from '../../app.js';

const Instant = Type.String({ format: 'date-time' });
const KeySchema = Type.Object({
  keyId: Type.String({ description: 'SHA-256 of the SPKI (DER), hexadecimal' }),
  publicKey: Type.String({ description: 'Ed25519, SPKI as PEM' }),
  validFrom: Instant,
  validTo: Type.Optional(Type.String({ format: 'date-time', description: 'Since it was rotated' })),
  revokedAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'Nothing that it signed is trusted, whatever its date' }),
  ),
  reason: Type.Optional(Type.String({ description: 'Why it was revoked' })),
});

export interface KeysRouteDeps {
  /** Read at every request, because a key may be rotated or revoked at any time. */
  readonly readKeys: () => readonly Type.Static<typeof KeySchema>[];
}

export function registerKeys(app: App, { readKeys }: KeysRouteDeps): void {
  app.get(
    '/api/v1/keys',
    {
      config: { operation: 'public' },
      schema: {
        summary: 'The public keys that ever signed, as "tagwatch evidence verify --keys" takes them',
        description:
          'Compare a key id with one that came by another way: who can change what is served can change the keys as well.',
        tags: ['operation'],
        response: { 200: Type.Object({ keys: Type.Array(KeySchema) }) },
      },
    },
    () => ({ keys: [...readKeys()] }),
  );
}
