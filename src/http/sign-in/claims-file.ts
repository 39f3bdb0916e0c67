/** `TAGWATCH_CLAIMS_FILE`: which claims of the provider give which roles and which scope. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { ClaimsMapping } from '../../access/claims.js';
import { ROLES } from '../../access/roles.js';
import { parseCheckedFile } from '../plugins/checked-file.js';

const closed = { additionalProperties: false } as const;
const Pointer = Type.String({ pattern: '^(/([^~/]|~[01])*)+$' });
const Names = Type.Union([Type.Literal('all'), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]);
const mappedTo = <T extends Type.TSchema>(value: T) =>
  Type.Object({ from: Type.Array(Pointer, { minItems: 1 }), values: Type.Record(Type.String(), value) }, closed);

const File = Type.Object(
  {
    name: Pointer,
    roles: mappedTo(Type.Enum([...ROLES])),
    areas: mappedTo(Type.Object({ forces: Names, divisions: Names, schemes: Names }, closed)),
    wearerIds: Type.Optional(Pointer),
    tagPrefixes: Type.Optional(mappedTo(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }))),
  },
  closed,
);
const file = Compile(File);

/** Throws, naming every place that is wrong. */
export function parseClaimsFile(text: string): ClaimsMapping {
  return parseCheckedFile(file, text);
}
