/** What a grant says, as it is proposed and as it is told. */
import Type, { type Static } from 'typebox';
import type { Grant } from '../../../access/grant.js';
import { ROLES } from '../../../access/roles.js';

const closed = { additionalProperties: false } as const;
const MAX_NAMES = 1_000;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Names = Type.Union([Type.Literal('all'), Type.Array(Name, { minItems: 1, maxItems: MAX_NAMES })]);

export const GrantBody = Type.Object(
  {
    roles: Type.Optional(
      Type.Array(Type.Enum(ROLES.filter((role) => role !== 'service')), {
        maxItems: ROLES.length,
        description: 'Beside those of the sign-in',
      }),
    ),
    areas: Type.Optional(
      Type.Array(Type.Object({ forces: Names, divisions: Names, schemes: Names }, closed), { maxItems: MAX_NAMES }),
    ),
    wearerIds: Type.Optional(Type.Array(Name, { maxItems: MAX_NAMES, description: 'Assigned by name' })),
    isBlocked: Type.Optional(
      Type.Boolean({ description: 'Takes everything away, whatever the provider says of the subject' }),
    ),
  },
  closed,
);

export const toGrant = (subjectId: string, body: Static<typeof GrantBody>): Grant => ({
  subjectId,
  roles: body.roles ?? [],
  areas: body.areas ?? [],
  wearerIds: body.wearerIds ?? [],
  isBlocked: body.isBlocked ?? false,
});

type Listed = Static<typeof Names>;
const listed = (names: Listed | readonly string[]): Listed => (names === 'all' ? names : [...names]);

export const toGrantItem = ({ subjectId, roles, areas, wearerIds, isBlocked }: Grant) => ({
  subjectId,
  roles: roles.filter((role) => role !== 'service'),
  areas: areas.map(({ forces, divisions, schemes }) => ({
    forces: listed(forces),
    divisions: listed(divisions),
    schemes: listed(schemes),
  })),
  wearerIds: [...wearerIds],
  isBlocked,
});
