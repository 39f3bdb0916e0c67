/** `TAGWATCH_BASE_MAP_FILE`: streets and names for the ground of the console's map. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { readNamed } from './named-file.js';

/** What a browser takes in at once; a country is for tiles. */
const MAX_CHARACTERS = 20_000_000;
const NONE = '{"type":"FeatureCollection","features":[]}';

const Collection = Compile(
  Type.Object({
    type: Type.Literal('FeatureCollection'),
    features: Type.Array(
      Type.Object({
        type: Type.Literal('Feature'),
        geometry: Type.Object({ type: Type.String(), coordinates: Type.Array(Type.Unknown()) }),
        properties: Type.Object({
          class: Type.Enum(['main', 'street', 'water', 'park', 'place']),
          name: Type.String(),
        }),
      }),
    ),
  }),
);

/** As it is served; null: there is none, and nothing is drawn. Throws where it cannot be used. */
export function readBaseMap(path: string | null): string {
  if (path === null) return NONE;
  return readNamed('TAGWATCH_BASE_MAP_FILE', path, (text) => {
    if (text.length > MAX_CHARACTERS) throw new Error(`it has more than ${MAX_CHARACTERS} characters`);
    const parsed: unknown = JSON.parse(text);
    if (Collection.Check(parsed)) return text;
    const [first] = Collection.Errors(parsed);
    throw new Error(`${first?.instancePath || 'it'} ${first?.message ?? 'is no collection of features'}`);
  });
}
