/** `GET /api/v1/me`: who asks, and what the console may offer. */
import { Type } from 'typebox';
import { listOperations } from '../../../access/may.js';
import { OPERATIONS } from '../../../access/operations.js';
import type { Names } from '../../../access/principal.js';
import { ROLES } from '../../../access/roles.js';
import type { App } from '../../app.js';
import { principalOf } from '../../plugins/principal.js';
import { problemResponses } from '../../plugins/problems.js';

const NamesSchema = Type.Union([Type.Literal('all'), Type.Array(Type.String())]);

const Me = Type.Object({
  subjectId: Type.String({ description: '`ISSUER#SUBJECT`; `local` where no sign-in is configured' }),
  kind: Type.Enum(['local', 'person', 'machine']),
  name: Type.String(),
  roles: Type.Array(Type.Enum([...ROLES])),
  scope: Type.Object({
    areas: Type.Array(Type.Object({ forces: NamesSchema, divisions: NamesSchema, schemes: NamesSchema })),
    wearerIds: Type.Array(Type.String(), { description: 'assigned by name' }),
    tagPrefixes: Type.Array(Type.String(), { description: 'a supplier’s own tags' }),
  }),
  operations: Type.Array(Type.Enum([...OPERATIONS]), { description: 'what may be done to somebody' }),
});

export function registerMe(app: App): void {
  const schema = {
    summary: 'Who I am, and what I may do',
    tags: ['people'],
    response: { 200: Me, ...problemResponses(401) },
  };
  app.get(
    '/api/v1/me',
    {
      schema,
      config: { operation: 'self', audit: { not: 'it tells who asks of nobody else, and every page asks it' } },
    },
    (request) => {
      const principal = principalOf(request);
      const { subjectId, kind, name, roles, scope } = principal;
      const listed = (names: Names) => (names === 'all' ? names : [...names]);
      return {
        subjectId,
        kind,
        name,
        roles: [...roles],
        scope: {
          areas: scope.areas.map(({ forces, divisions, schemes }) => ({
            forces: listed(forces),
            divisions: listed(divisions),
            schemes: listed(schemes),
          })),
          wearerIds: [...scope.wearerIds],
          tagPrefixes: [...scope.tagPrefixes],
        },
        operations: listOperations(principal),
      };
    },
  );
}
